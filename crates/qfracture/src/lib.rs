//! QFracture-2012.
