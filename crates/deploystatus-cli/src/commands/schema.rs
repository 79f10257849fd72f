//! `schema`: prints the JSON schema of a document.

mod documents;
mod flush_report;
mod messages;

use deploystatus_emulator::Seed;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use crate::arguments::schema::{Document, SchemaArgs};
use crate::error::Error;
use crate::exit::Code;
use crate::output::Output;
use crate::output::format::Format;
use documents::{
    Addresses, CreatedStatus, Diagnosis, Period, Request, Status, Timeline, WaitLine, WaitResult,
};
use flush_report::FlushReport;
use messages::Message;

pub(crate) fn run(arguments: &SchemaArgs, output: &Output) -> Result<Code, Error> {
    let is_line = output.format() == Format::JsonLines;
    let schema = match arguments.document {
        Document::Timeline if is_line => schema_of::<Period>(),
        Document::Wait if is_line => schema_of::<WaitLine>(),
        Document::List | Document::Latest | Document::Flush if is_line => schema_of::<Status>(),
        Document::Create => schema_of::<CreatedStatus>(),
        Document::List => schema_of::<Vec<Status>>(),
        Document::Get => schema_of::<Status>(),
        Document::Latest => schema_of::<Option<Status>>(),
        Document::Wait => schema_of::<WaitResult>(),
        Document::Timeline => schema_of::<Timeline>(),
        Document::Flush => schema_of::<FlushReport>(),
        Document::Doctor => schema_of::<Diagnosis>(),
        Document::Emulator => schema_of::<Addresses>(),
        Document::Demo => schema_of::<Vec<Timeline>>(),
        Document::Request => schema_of::<Request>(),
        Document::Message => schema_of::<Message>(),
        Document::Seed => {
            output.generated(Seed::JSON_SCHEMA.to_owned())?;
            return Ok(Code::Done);
        }
    };
    output.json(&schema)?;
    Ok(Code::Done)
}

fn schema_of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<T>()
}
