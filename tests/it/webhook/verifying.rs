//! Whether a delivery is what it says it is.

use deploystatus::webhook::{Event, Rejected, Verifier};
use proptest::prelude::*;
use tests::properties::sign;

use super::{SECRET, delivery, headers, verifier};

#[tokio::test]
async fn a_delivery_with_the_right_signature_is_taken() {
    let sent = delivery().await;
    let received = verifier()
        .receive(&headers(&sent), sent.body.as_bytes())
        .unwrap();
    assert_eq!(received.id, Some(sent.id));
    assert!(matches!(received.event, Event::Deployment(_)));
}

#[test]
fn a_known_signature_fits_and_is_read_strictly() {
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
        let refused = jefe.verify(Some(&wrong), body);
        assert!(matches!(refused, Err(Rejected::WronglySigned)), "{wrong:?}");
    }
}

#[test]
fn no_body_that_is_altered_in_one_bit_is_accepted() {
    let mut body =
        br#"{"deployment": {"id": 7}, "repository": {"full_name": "octocat/example"}}"#.to_vec();
    let signature = sign(SECRET, &body);
    let verifier = verifier().or("another").unwrap();
    for bit in 0..body.len() * 8 {
        body[bit / 8] ^= 1 << (bit % 8);
        let refused = verifier.verify(Some(&signature), &body);
        assert!(matches!(refused, Err(Rejected::WronglySigned)), "bit {bit}");
        body[bit / 8] ^= 1 << (bit % 8);
    }
    assert!(verifier.verify(Some(&signature), &body).is_ok());
}

#[tokio::test]
async fn no_delivery_that_is_altered_on_the_way_is_accepted() {
    let sent = delivery().await;
    let headers = headers(&sent);
    let mut body = sent.body.into_bytes();
    // Far from each other, because every try hashes the whole.
    for bit in (0..body.len() * 8).step_by(97) {
        body[bit / 8] ^= 1 << (bit % 8);
        let refused = verifier().receive(&headers, &body);
        assert!(matches!(refused, Err(Rejected::WronglySigned)), "bit {bit}");
        body[bit / 8] ^= 1 << (bit % 8);
    }
    assert!(verifier().receive(&headers, &body).is_ok());
    body.push(b'\n');
    assert!(verifier().receive(&headers, &body).is_err());
    body.truncate(body.len() - 2);
    assert!(verifier().receive(&headers, &body).is_err());
}

#[test]
fn no_signature_that_is_altered_in_one_place_is_accepted() {
    let right = sign(SECRET, b"{}");
    assert!(verifier().verify(Some(&right), b"{}").is_ok());
    for place in 0..right.len() {
        for letter in (b'0'..=b'9').chain(b'a'..=b'f') {
            let mut wrong = right.as_bytes().to_vec();
            if wrong[place] == letter {
                continue;
            }
            wrong[place] = letter;
            let wrong = String::from_utf8(wrong).unwrap();
            let refused = verifier().verify(Some(&wrong), b"{}");
            assert!(matches!(refused, Err(Rejected::WronglySigned)), "{wrong}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_somebody_makes_up_is_accepted(signature in ".*", body in prop::collection::vec(any::<u8>(), 0..100)) {
        let made_up = [signature.clone(), format!("sha256={signature}")];
        for signature in made_up {
            prop_assert!(verifier().verify(Some(&signature), &body).is_err());
        }
    }
}

#[tokio::test]
async fn an_old_secret_is_accepted_while_it_is_replaced() {
    let sent = delivery().await;
    let signature = sent.header("x-hub-signature-256");
    let accepts = |verifier: Verifier| verifier.verify(signature, sent.body.as_bytes()).is_ok();
    assert!(accepts(Verifier::new("new").unwrap().or(SECRET).unwrap()));
    assert!(accepts(verifier().or("old").unwrap()));
    assert!(!accepts(Verifier::new("new").unwrap().or("old").unwrap()));
}

#[test]
fn an_empty_secret_is_refused() {
    let error = Verifier::new("").unwrap_err();
    assert_eq!(
        error.to_string(),
        "secret is empty, and anybody can sign with nothing"
    );
    assert!(verifier().or("").is_err());
}

#[test]
fn secrets_are_not_printed() {
    let verifier = verifier().or("another 5ecret").unwrap();
    let printed = format!("{verifier:?} {verifier:#?}");
    assert!(
        !printed.contains("ecret to") && !printed.contains("5ecret"),
        "{printed}"
    );
    assert!(printed.contains("secrets: 2"), "{printed}");
}

#[tokio::test]
async fn every_kind_of_bad_delivery_has_an_error_of_its_own() {
    let sent = delivery().await;
    let good = headers(&sent);
    let body = sent.body.as_bytes();
    let without = |name: &str| {
        let mut headers = good.clone();
        headers.remove(name);
        headers
    };
    let with = |name: &'static str, value: &str| {
        let mut headers = good.clone();
        headers.insert(name, value.parse().unwrap());
        headers
    };
    let small = verifier().size_limit(100);
    let other = Verifier::new("another").unwrap();
    let verifier = verifier();
    let outcomes = [
        (
            small.receive(&without("x-hub-signature-256"), body),
            413,
            format!(
                "the delivery has {} bytes, more than the 100 that are allowed",
                body.len()
            ),
        ),
        (
            verifier.receive(&without("x-hub-signature-256"), body),
            401,
            "the delivery is not signed".to_owned(),
        ),
        (
            other.receive(&good, body),
            401,
            "the delivery is signed with another secret, or was changed on the way".to_owned(),
        ),
        (
            verifier.receive(&with("x-hub-signature-256", "é"), body),
            401,
            "the delivery is signed with another secret, or was changed on the way".to_owned(),
        ),
        (
            verifier.receive(&without("x-github-event"), body),
            400,
            "the delivery does not name its event".to_owned(),
        ),
        (
            verifier.receive(&with("x-github-event", "ping"), body),
            204,
            "the delivery is a \"ping\" event".to_owned(),
        ),
        (
            verifier.receive(&with("x-github-event", "deployment_status"), body),
            400,
            "the delivery has no readable `deployment_status`".to_owned(),
        ),
    ];
    for (outcome, answer, text) in outcomes {
        let rejected = outcome.unwrap_err();
        assert_eq!(rejected.to_string(), text);
        assert_eq!(rejected.answer(), answer, "{text}");
        let is_malformed = matches!(rejected, Rejected::Malformed { .. });
        assert_eq!(
            std::error::Error::source(&rejected).is_some(),
            is_malformed,
            "{text}"
        );
    }
}
