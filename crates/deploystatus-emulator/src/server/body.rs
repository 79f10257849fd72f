//! Reading of request bodies.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::connection::Disconnect;

/// A connection whose client has not sent the whole body by then is closed.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// A body above its limit is read up to this multiple of it, so that the client reads the response.
const MAX_DISCARDED: usize = 16;

/// Reads a body. If it is larger than `max` bytes, the result is longer than `max` and incomplete.
pub(super) async fn read(incoming: Incoming, max: usize) -> Result<Bytes, Disconnect> {
    let read = tokio::time::timeout(BODY_TIMEOUT, read_frames(incoming, max)).await;
    read.map_err(|_| Disconnect)?
}

async fn read_frames(mut incoming: Incoming, max: usize) -> Result<Bytes, Disconnect> {
    let mut bytes = BytesMut::new();
    let mut length = 0;
    while let Some(frame) = incoming.frame().await {
        let Ok(data) = frame.map_err(|_| Disconnect)?.into_data() else {
            continue;
        };
        length += data.len();
        if length > max * MAX_DISCARDED {
            break;
        }
        if length <= max {
            bytes.extend_from_slice(&data);
        } else if bytes.len() <= max {
            bytes.resize(max + 1, 0);
        }
    }
    Ok(bytes.freeze())
}
