//! Small sums that a nurse would otherwise do on paper: each with its formula, its source and its bounds.
