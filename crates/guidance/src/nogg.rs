//! NOGG's lines by age: which band a FRAX probability falls in.
