//! Behaviour across the crates, one file a subject.
