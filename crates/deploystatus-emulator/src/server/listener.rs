//! Accepting connections and serving requests on them.

use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::connection::{Connection, Disconnect, Socket, WritePlan};
use super::{body, pipeline};
use crate::app_state::AppState;
use crate::control::routes as control;
use crate::http::response::HttpResponse;

/// A connection whose client has not sent the head of a request by then is closed.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// Pause after a failed accept, which happens when the process has too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves connections until the emulator stops, and closes all of them then.
pub(crate) async fn serve(
    listener: TcpListener,
    state: Arc<AppState>,
    mut stopped: watch::Receiver<()>,
) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(serve_connection(stream, Arc::clone(&state)));
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
        while connections.try_join_next().is_some() {}
    }
    // After this, no request is being handled any more.
    connections.shutdown().await;
}

/// Serves one connection until either side closes it.
async fn serve_connection(stream: TcpStream, state: Arc<AppState>) {
    // A response is written in one piece. Without the option it is only slower.
    let _ = stream.set_nodelay(true);
    let connection = Arc::new(Connection::new());
    let socket = Socket::new(stream, Arc::clone(&connection));
    let service = service_fn(move |request| {
        connection.plan(WritePlan::Whole);
        respond(Arc::clone(&state), Arc::clone(&connection), request)
    });
    // Invalid requests, timeouts and faults end a connection. Each is the business of the client.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(socket), service)
        .await;
}

async fn respond(
    state: Arc<AppState>,
    connection: Arc<Connection>,
    request: Request<Incoming>,
) -> Result<HttpResponse, Disconnect> {
    let (head, incoming) = request.into_parts();
    if control::is_control(head.uri.path()) {
        let body = body::read(incoming, control::MAX_BODY).await?;
        return Ok(control::respond(&state, &head, &body));
    }
    pipeline::respond(state, connection, head, incoming).await
}
