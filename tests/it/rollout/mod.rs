//! Rollouts, against an emulated GitHub.
