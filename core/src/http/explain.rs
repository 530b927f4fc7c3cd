//! Says of a signed request what every check finds, for people: unlike a gateway, it goes on after the first fault.

use sha2::{Digest, Sha256};

use super::checks::{self, View};
use super::exchange::unsigned;
use super::fields::Fields;
use super::frame::{Direction, Frame, signature_line};
use super::head::{Head, authority, targets};
use super::media::{self, Can};
use super::settings::Settings;
use super::signer::{Found, find_key, verify_signature};
use super::stamp::Stamp;
use super::target;
use super::text::{self, Part};
use crate::encoding::to_hex;
use crate::error::{Code, Error, Result};

/// What each check found, in the order in which a gateway runs them.
#[derive(Default)]
struct Report {
    checks: Vec<(&'static str, Option<Error>)>,
    header: Option<Vec<u8>>,
    body: Option<Vec<u8>>,
    digest: Option<String>,
}

/// Holds a request against settings, as a gateway would, but for the store of nonces. The result is canonical JSON:
/// `{"body","checks":[{"check","code"?,"detail"?,"message"?,"passed"}],"header","signing_input_sha256","verdict"}`. `body` is
/// the canonical text of a JSON body; the verdict is `valid`, or the code of the first fault.
///
/// # Errors
/// Those of settings. What is wrong with the request is in the report.
pub fn explain(settings: &[u8], head: &Head<'_>, body: &[u8], now_ms: u64) -> Result<Vec<u8>> {
    let settings = Settings::parse(settings)?;
    let mut report = Report::default();
    report.examine(&settings, head, body, now_ms);
    Ok(report.write())
}

impl Report {
    fn note<T>(&mut self, check: &'static str, found: Result<T>) -> Option<T> {
        match found {
            Ok(found) => {
                self.checks.push((check, None));
                Some(found)
            }
            Err(error) => {
                self.checks.push((check, Some(error)));
                None
            }
        }
    }

    fn examine(&mut self, settings: &Settings, head: &Head<'_>, body: &[u8], now_ms: u64) {
        let fields = Fields(head.fields);
        let line = signature_line(fields, &settings.header).and_then(|line| line.ok_or_else(unsigned));
        let Some(line) = self.note("signature line", line) else { return };
        let authority = self.note("host", authority(head, settings)).flatten();
        let Some(frame) = self.note("header", Frame::parse(line, Direction::Request)) else { return };
        self.header = Some(frame.text.clone());
        self.note("nonce", frame.header.stamped(settings.nonce_location, settings.nonce_min_len));
        let path = std::str::from_utf8(head.target).ok().and_then(target::route_path).unwrap_or_default();
        let targets = targets(&settings.public_origins, head.target, authority);
        let mut view = View {
            settings,
            head,
            path: &path,
            targets: &targets,
            frame: &frame,
            trusted: None,
            live: 0,
            now_ms,
        };
        self.note(checks::ALGORITHM.0, (checks::ALGORITHM.1)(&view));
        let found = find_key(settings, &frame, now_ms).and_then(|found| match found {
            Found::Key(trusted) => Ok(trusted),
            Found::Fetch(_) => Err(Error::new(
                Code::SignatureUnknown,
                "the key is not among those that are here; others may be fetched",
            )),
        });
        let trusted = self.note("kid", found);
        view.trusted = trusted.as_deref();
        for (name, check) in checks::HEAD {
            self.note(name, check(&view));
        }
        let can = frame.header.can.unwrap_or(Can::None);
        let Some(payload) =
            self.note("body", media::payload(can, body, settings.max_body, settings.max_depth))
        else {
            return;
        };
        let input = frame.signing_input(&payload);
        self.digest = Some(to_hex(&Sha256::digest(&input)));
        let json = (can == Can::Jcs).then_some(&*payload);
        let stamp =
            Stamp::of_request(Stamp::of(&frame.header), json, settings.nonce_location, settings.nonce_ttl);
        if let Some(stamp) = self.note("stamp", stamp) {
            self.note("window of the body", checks::window(settings, stamp.iat, stamp.exp, now_ms));
        }
        if let Some(trusted) = &trusted {
            self.note("signature", verify_signature(trusted, &frame, &input));
        }
        self.body = Some(payload).filter(|_| can == Can::Jcs);
    }

    fn write(&self) -> Vec<u8> {
        let checks = self.checks.iter().map(|(name, fault)| {
            let detail = fault.as_ref().and_then(Error::detail_json);
            let check = text::object([
                ("check", Part::Text(name)),
                ("code", Part::text(fault.as_ref().map(|fault| fault.code().name()))),
                ("detail", Part::json(detail.as_deref())),
                ("message", Part::text(fault.as_ref().map(Error::message))),
                ("passed", Part::Json(if fault.is_none() { "true" } else { "false" })),
            ]);
            utf8(check)
        });
        let checks = format!("[{}]", checks.collect::<Vec<_>>().join(","));
        let verdict = self
            .checks
            .iter()
            .find_map(|(_, fault)| fault.as_ref())
            .map_or("valid", |fault| fault.code().name());
        let (header, body) = (self.header.clone().map(utf8), self.body.clone().map(utf8));
        text::object([
            ("body", Part::Json(body.as_deref().unwrap_or("null"))),
            ("checks", Part::Json(&checks)),
            ("header", Part::Json(header.as_deref().unwrap_or("null"))),
            ("signing_input_sha256", self.digest.as_deref().map_or(Part::Json("null"), Part::Text)),
            ("verdict", Part::Text(verdict)),
        ])
    }
}

fn utf8(text: Vec<u8>) -> String {
    String::from_utf8(text).expect("canonical JSON is UTF-8")
}
