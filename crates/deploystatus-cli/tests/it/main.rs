//! The command as people use it: what they type, what it prints, how it ends.

mod creating;
mod doctor;
mod errors;
mod flushing;
mod pages;
mod pipes;
mod reading;
mod serving;
mod waiting;
mod where_from;
mod world;
