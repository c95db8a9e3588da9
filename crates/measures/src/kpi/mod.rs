//! The eleven key performance indicators of the FLS-DB.
