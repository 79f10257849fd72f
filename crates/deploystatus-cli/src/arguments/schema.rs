//! Arguments of `schema`.

use clap::{Args, ValueEnum};

#[derive(Args, Debug)]
#[command(after_help = "With --jsonl, prints the schema of one line.\n\n\
    Examples:\n  \
    deploystatus schema wait > wait.schema.json\n  \
    deploystatus schema timeline --jsonl\n  \
    deploystatus schema seed > seed.schema.json")]
pub(crate) struct SchemaArgs {
    /// JSON document to describe
    pub(crate) document: Document,
}

/// A JSON document that the command prints or reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Document {
    /// Output of create
    Create,
    /// Output of list
    List,
    /// Output of get
    Get,
    /// Output of latest
    Latest,
    /// Output of wait
    Wait,
    /// Output of timeline
    Timeline,
    /// Output of flush
    Flush,
    /// Output of doctor
    Doctor,
    /// Output of emulator
    Emulator,
    /// Output of demo
    Demo,
    /// Output of create and run with --dry-run
    Request,
    /// Line on standard error with --json or --jsonl
    Message,
    /// Initial data of the emulator (--seed)
    Seed,
}
