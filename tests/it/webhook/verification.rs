//! Verification of deliveries.

use deploystatus::webhook::{Event, EventContent, MAX_PAYLOAD_SIZE, Verifier, VerifyError};
use proptest::prelude::*;
use tests::properties::sign;

use super::{SECRET, delivery, headers, verifier};

#[tokio::test]
async fn correctly_signed_delivery_is_accepted() {
    let sent = delivery().await;
    let event = verifier()
        .receive(&headers(&sent), sent.body.as_bytes())
        .unwrap();
    assert_eq!(event.delivery_id, Some(sent.id));
    assert_eq!(event.content, EventContent::Deployment);
}

#[test]
fn known_signature_is_parsed_strictly() {
    // RFC 4231, test case 2.
    let body = b"what do ya want for nothing?";
    let right = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    let jefe = Verifier::new("Jefe").unwrap();
    assert!(jefe.verify(Some(right), body).is_ok());
    let digits = &right["sha256=".len()..];
    for wrong in [
        String::new(),
        "sha256=".to_owned(),
        digits.to_owned(),
        format!("sha1={digits}"),
        format!("sha256={}", &digits[..62]),
        format!("sha256={digits}00"),
        format!("sha256= {}", &digits[1..]),
        format!("sha256=+{}", &digits[1..]),
        format!("sha256={}é", &digits[..62]),
        format!("{right}\n"),
    ] {
        let result = jefe.verify(Some(&wrong), body);
        assert!(
            matches!(result, Err(VerifyError::WrongSignature)),
            "{wrong:?}"
        );
    }
}

#[test]
fn altered_bit_of_body_is_rejected() {
    let mut body =
        br#"{"deployment": {"id": 7}, "repository": {"full_name": "octocat/example"}}"#.to_vec();
    let signature = sign(SECRET, &body);
    let verifier = verifier().with_additional_secret("another").unwrap();
    for bit in 0..body.len() * 8 {
        body[bit / 8] ^= 1 << (bit % 8);
        let result = verifier.verify(Some(&signature), &body);
        assert!(
            matches!(result, Err(VerifyError::WrongSignature)),
            "bit {bit}"
        );
        body[bit / 8] ^= 1 << (bit % 8);
    }
    assert!(verifier.verify(Some(&signature), &body).is_ok());
}

#[tokio::test]
async fn altered_delivery_is_rejected() {
    let sent = delivery().await;
    let headers = headers(&sent);
    let mut body = sent.body.into_bytes();
    // Only every 97th bit, because each attempt hashes the whole body.
    for bit in (0..body.len() * 8).step_by(97) {
        body[bit / 8] ^= 1 << (bit % 8);
        let result = verifier().receive(&headers, &body);
        assert!(
            matches!(result, Err(VerifyError::WrongSignature)),
            "bit {bit}"
        );
        body[bit / 8] ^= 1 << (bit % 8);
    }
    assert!(verifier().receive(&headers, &body).is_ok());
    body.push(b'\n');
    assert!(verifier().receive(&headers, &body).is_err());
    body.truncate(body.len() - 2);
    assert!(verifier().receive(&headers, &body).is_err());
}

#[test]
fn altered_signature_is_rejected() {
    let right = sign(SECRET, b"{}");
    assert!(verifier().verify(Some(&right), b"{}").is_ok());
    for index in 0..right.len() {
        for digit in (b'0'..=b'9').chain(b'a'..=b'f') {
            let mut wrong = right.as_bytes().to_vec();
            if wrong[index] == digit {
                continue;
            }
            wrong[index] = digit;
            let wrong = String::from_utf8(wrong).unwrap();
            let result = verifier().verify(Some(&wrong), b"{}");
            assert!(
                matches!(result, Err(VerifyError::WrongSignature)),
                "{wrong}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_signature_is_rejected(signature in ".*", body in prop::collection::vec(any::<u8>(), 0..100)) {
        for signature in [signature.clone(), format!("sha256={signature}")] {
            prop_assert!(verifier().verify(Some(&signature), &body).is_err());
        }
    }
}

#[tokio::test]
async fn additional_secret_is_accepted() {
    let sent = delivery().await;
    let signature = sent.header("x-hub-signature-256");
    let accepts = |verifier: Verifier| verifier.verify(signature, sent.body.as_bytes()).is_ok();
    assert!(accepts(
        Verifier::new("new")
            .unwrap()
            .with_additional_secret(SECRET)
            .unwrap()
    ));
    assert!(accepts(verifier().with_additional_secret("old").unwrap()));
    assert!(!accepts(
        Verifier::new("new")
            .unwrap()
            .with_additional_secret("old")
            .unwrap()
    ));
}

#[test]
fn empty_secret_is_rejected() {
    let error = Verifier::new("").unwrap_err();
    assert_eq!(error.to_string(), "webhook secret must not be empty");
    assert!(verifier().with_additional_secret("").is_err());
}

#[test]
fn secrets_are_not_shown_by_debug() {
    let verifier = verifier().with_additional_secret("another 5ecret").unwrap();
    let printed = format!("{verifier:?} {verifier:#?}");
    assert!(
        !printed.contains("ecret to") && !printed.contains("5ecret"),
        "{printed}"
    );
    assert!(printed.contains("secrets: 2"), "{printed}");
}

#[test]
fn size_limit_defaults_to_25_mib() {
    let body = vec![b' '; 25 * 1024 * 1024 + 1];
    assert_eq!(body.len(), MAX_PAYLOAD_SIZE + 1);
    let error = verifier().verify(None, &body).unwrap_err();
    assert_eq!(
        error.to_string(),
        "body is too large: 26214401 bytes (maximum 26214400)"
    );
    let error = verifier().verify(None, &body[1..]).unwrap_err();
    assert_eq!(error, VerifyError::MissingSignature);
}

#[tokio::test]
async fn each_failure_has_message_and_status_code() {
    let sent = delivery().await;
    let (good, body) = (headers(&sent), sent.body.as_bytes());
    let with = |name: &'static str, value: &str| {
        let mut headers = good.clone();
        headers.insert(name, value.parse().unwrap());
        headers
    };
    let without = |name: &str| {
        let mut headers = good.clone();
        headers.remove(name);
        headers
    };

    let unsigned = without("x-hub-signature-256");
    let small = verifier().with_max_size(100);
    let text = format!("body is too large: {} bytes (maximum 100)", body.len());
    fails(small.receive(&unsigned, body), 413, &text);

    let text = "missing header X-Hub-Signature-256; set a secret in the settings of the webhook";
    fails(verifier().receive(&unsigned, body), 401, text);

    let text = "wrong signature; check the secret, and that nothing changes the body on the way";
    let other = Verifier::new("another").unwrap();
    fails(other.receive(&good, body), 401, text);
    let foreign = with("x-hub-signature-256", "é");
    fails(verifier().receive(&foreign, body), 401, text);

    let text = "missing header X-GitHub-Event";
    let unnamed = without("x-github-event");
    fails(verifier().receive(&unnamed, body), 400, text);

    let text = "unsupported event ping: expected deployment or deployment_status";
    let ping = with("x-github-event", "ping");
    fails(verifier().receive(&ping, body), 204, text);

    let text = "malformed deployment_status: missing field `deployment_status`";
    let status = with("x-github-event", "deployment_status");
    fails(verifier().receive(&status, body), 400, text);
}

#[track_caller]
fn fails(result: Result<Event, VerifyError>, status_code: u16, text: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.to_string(), text);
    assert_eq!(error.status_code(), status_code, "{text}");
}
