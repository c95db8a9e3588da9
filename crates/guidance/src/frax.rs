//! FRAX as recorded: never computed here. Questions about a score as typed, and the adjustments NOGG allows.
