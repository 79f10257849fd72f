//! A slow network link: a proxy that delays data and limits its rate.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A running link to a server.
pub(crate) struct Link {
    pub(crate) url: String,
}

/// One direction of a link, shared by all connections.
struct Direction {
    bits_per_second: Option<u32>,
    delay: Duration,
    /// Time at which the data that was accepted so far has been sent.
    sent: Mutex<Instant>,
}

impl Link {
    /// Starts a link with this round trip to an `http` server. It runs until the process ends.
    ///
    /// The rate applies to each direction, and there is none if it is `None`.
    /// The operating system opens connections on loopback, so their handshake is not delayed.
    pub(crate) fn start(
        server: SocketAddr,
        round_trip: Duration,
        bits_per_second: Option<u32>,
    ) -> Self {
        let direction = || {
            Arc::new(Direction {
                bits_per_second,
                delay: round_trip / 2,
                sent: Mutex::new(Instant::now()),
            })
        };
        let (up, down) = (direction(), direction());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                let server = TcpStream::connect(server).unwrap();
                up.connect(&client, &server);
                down.connect(&server, &client);
            }
        });
        Self { url }
    }
}

/// Data and the time at which it arrives.
type Packet = (Instant, Vec<u8>);

impl Direction {
    /// Starts to pass data from one connection to another.
    fn connect(self: &Arc<Self>, from: &TcpStream, to: &TcpStream) {
        let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        to.set_nodelay(true).unwrap();
        let direction = Arc::clone(self);
        let (packets, received) = channel();
        thread::spawn(move || direction.send(from, &packets));
        thread::spawn(move || deliver(&received, to));
    }

    /// Reads data as fast as the rate permits.
    fn send(&self, mut from: TcpStream, packets: &Sender<Packet>) {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let sent = self.reserve(length);
            thread::sleep(sent.saturating_duration_since(Instant::now()));
            let packet = (sent + self.delay, buffer[..length].to_vec());
            if packets.send(packet).is_err() {
                return;
            }
        }
    }

    /// Returns the time at which this number of bytes has been sent.
    fn reserve(&self, bytes: usize) -> Instant {
        let mut sent = self.sent.lock().unwrap();
        *sent = (*sent).max(Instant::now());
        if let Some(rate) = self.bits_per_second {
            let bits = u32::try_from(bytes * 8).unwrap();
            *sent += Duration::from_secs(1) * bits / rate;
        }
        *sent
    }
}

fn deliver(packets: &Receiver<Packet>, mut to: TcpStream) {
    for (arrival, data) in packets {
        thread::sleep(arrival.saturating_duration_since(Instant::now()));
        if to.write_all(&data).is_err() {
            return;
        }
    }
    // The other side may have closed the connection already.
    let _ = to.shutdown(Shutdown::Write);
}
