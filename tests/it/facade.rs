//! The crate `deploystatus`, against the emulator.

mod building;
mod compression;
mod connections;
mod contradictions;
mod creating;
mod delivery;
mod documented_numbers;
mod errors;
mod listing;
mod lost_responses;
mod matching;
mod pace;
mod profiles;
mod reading;
mod recorded;
mod redirects;
mod retries;
mod schedules;
mod secrets;
mod servers;
mod traces;
mod values;
