//! Certificates of a TLS server on loopback, made for one run of the bench.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::PrivateKeyDer;
use tempfile::TempDir;

/// The settings of a server, and the files with which its clients trust it.
pub(crate) struct Certificates {
    pub(crate) server: Arc<ServerConfig>,
    folder: TempDir,
}

/// The certificates that a client trusts.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Trust {
    /// The certificates of this machine and the authority of the bench.
    System,
    /// Only the authority of the bench.
    One,
}

impl Certificates {
    /// Creates an authority and a server certificate for `127.0.0.1`.
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        // OpenSSL rejects a certificate whose authority has the same name.
        let name = "Authority of the bench";
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = to_pem(params.self_signed(&key).unwrap().der());
        let issuer = Issuer::new(params, key);

        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let server = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();

        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("one.pem"), &authority).unwrap();
        let bundle = SYSTEM.map(|file| fs::read_to_string(file).unwrap_or_default());
        let bundle = bundle.concat() + &authority;
        fs::write(folder.path().join("system.pem"), bundle).unwrap();
        Self {
            server: Arc::new(server),
            folder,
        }
    }

    /// Returns the file with the trusted certificates.
    pub(crate) fn file(&self, trust: Trust) -> PathBuf {
        self.folder.path().join(match trust {
            Trust::System => "system.pem",
            Trust::One => "one.pem",
        })
    }

    /// Returns the variables that select the trusted certificates for OpenSSL, Go and rustls.
    ///
    /// By default, Go and rustls read the bundle of the system and its folder of single certificates.
    pub(crate) fn variables(&self, trust: Trust) -> Vec<(&'static str, PathBuf)> {
        let folder = match trust {
            Trust::System => Path::new(SYSTEM_FOLDER).to_owned(),
            Trust::One => self.folder.path().join("none"),
        };
        vec![
            ("SSL_CERT_FILE", self.file(trust)),
            ("SSL_CERT_DIR", folder),
        ]
    }
}

/// Bundles of certificates. A Linux system has one of them.
const SYSTEM: [&str; 2] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
];

const SYSTEM_FOLDER: &str = "/etc/ssl/certs";

fn to_pem(certificate: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(certificate);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    let lines = lines.join("\n");
    format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n")
}
