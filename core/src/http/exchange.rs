//! One request at a gateway, and its response: a state machine without input or output.
//!
//! [`Exchange::begin`] looks at the head; [`Exchange::read`] takes the body; [`Exchange::reserved`] takes what a store of
//! nonces said; then the request is accepted, or there is an [`Answer`]. [`Exchange::respond`] signs the response.

use std::sync::Arc;

use super::answer::{Answer, Content, PROBLEM, Request, problem};
use super::checks::{self, View};
use super::fields::Fields;
use super::frame::{Direction, Frame, request_hash, short_nonce, signature_line};
use super::gateway::{Gateway, Outcome, Share};
use super::head::{Head, authority, targets};
use super::media::{self, Can};
use super::routes::Mode;
use super::settings::{ForwardBody, SignResponses};
use super::signer::{Found, find_key, identity, verify_signature};
use super::stamp::Stamp;
use super::target;
use super::text::{self, Part};
use super::trust::Trusted;
use crate::algorithms::random;
use crate::encoding::to_hex;
use crate::error::{Code, Error, Result};
use crate::replay::{self, Verdict};

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Step {
    /// Call the handler with the request as it is: it is not verified, and needs not be.
    Pass = 0,
    /// Fetch the keys of the [source](Exchange::source), then begin again.
    Keys = 1,
    /// Read the body, within the [limit](Exchange::limit).
    Body = 2,
    /// Reserve the nonce of the [reservation](Exchange::reservation).
    Reserve = 3,
    /// Call the handler with the [body](Exchange::body) that was verified.
    Accept = 4,
    /// Send the [answer](Exchange::answer). The handler is not called.
    Reject = 5,
}

/// What a store of nonces is asked to do, at once or not at all: note the key for so long, and say whether it was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The key.
    pub key: [u8; 16],
    /// A random value that tells this attempt from others: the same key with the same owner is new.
    pub owner: [u8; 16],
    /// For how long, in milliseconds.
    pub ttl_ms: u64,
}

/// One request and its response.
#[derive(Debug)]
pub struct Exchange {
    gateway: Gateway,
    step: Step,
    mode: Mode,
    method: String,
    path: String,
    /// The first target URI that the request may have been signed for.
    target: String,
    trace_id: String,
    owner: [u8; 16],
    frame: Option<Frame>,
    trusted: Option<Arc<Trusted>>,
    source: usize,
    share: Option<Share>,
    /// The window and the nonce, of the header or of the body.
    stamp: Option<Stamp>,
    hash: Option<String>,
    body: Vec<u8>,
    reservation: Option<Reservation>,
    forget_at_ms: u64,
    identity: Option<Vec<u8>>,
    answer: Option<Answer>,
    /// Why the request was refused, or would have been.
    fault: Option<Error>,
}

impl Exchange {
    /// Looks at the head of a request.
    ///
    /// # Errors
    /// `random_unavailable`. What is wrong with the request is an [answer](Self::answer).
    pub fn begin(gateway: &Gateway, head: &Head<'_>, now_ms: u64) -> Result<Self> {
        let settings = &gateway.0.settings;
        let random = random(32)?;
        let (owner, trace) = random.split_first_chunk().expect("32 bytes are more than 16");
        let method = String::from_utf8_lossy(head.method).into_owned();
        let path = std::str::from_utf8(head.target).ok().and_then(target::route_path);
        let mode = match &path {
            Some(path) if checks::override_of(Fields(head.fields)).is_none() => {
                settings.routes.mode(&method, path)
            }
            // Which route the framework will find is not known.
            _ => settings.routes.strictest(),
        };
        let mut exchange = Self {
            gateway: gateway.clone(),
            step: Step::Pass,
            mode,
            method,
            path: path.unwrap_or_default(),
            target: String::new(),
            trace_id: to_hex(&trace[..8]),
            owner: *owner,
            frame: None,
            trusted: None,
            source: 0,
            share: None,
            stamp: None,
            hash: None,
            body: Vec::new(),
            reservation: None,
            forget_at_ms: 0,
            identity: None,
            answer: None,
            fault: None,
        };
        if mode == Mode::Off {
            return Ok(exchange);
        }
        match exchange.examine(head, now_ms) {
            Ok(step) => exchange.step = step,
            Err(error) => exchange.refuse(error, now_ms),
        }
        Ok(exchange)
    }

    /// The checks that need no body.
    fn examine(&mut self, head: &Head<'_>, now_ms: u64) -> Result<Step> {
        let gateway = self.gateway.clone();
        let settings = &gateway.0.settings;
        let fields = Fields(head.fields);
        let authority = authority(head, settings);
        let targets =
            targets(&settings.public_origins, head.target, authority.as_ref().ok().copied().flatten());
        self.target = targets.first().cloned().unwrap_or_default();
        let Some(line) = signature_line(fields, &settings.header)? else {
            if self.mode == Mode::Required {
                return Err(unsigned());
            }
            self.fault = Some(unsigned());
            gateway.0.count(Outcome::Passed);
            return Ok(Step::Pass);
        };
        let now_ms = gateway.0.clock.read(now_ms)?;
        authority?;
        let frame = self.frame.insert(Frame::parse(line, Direction::Request)?);
        frame.header.stamped(settings.nonce_location, settings.nonce_min_len)?;
        let signed = frame.header.htu.as_deref().and_then(|signed| target::normalize(signed).ok());
        if let Some(signed) = signed.filter(|signed| targets.contains(signed)) {
            self.target = signed;
        }
        let mut view = View {
            settings,
            head,
            path: &self.path,
            targets: &targets,
            frame,
            trusted: None,
            live: 0,
            now_ms,
        };
        (checks::ALGORITHM.1)(&view)?;
        let trusted = match find_key(settings, view.frame, now_ms)? {
            Found::Key(trusted) => trusted,
            Found::Fetch(source) => {
                self.source = source;
                return Ok(Step::Keys);
            }
        };
        view.trusted = Some(&trusted);
        view.live = gateway.0.quota.live(&trusted.signer, now_ms);
        for (_, check) in checks::HEAD {
            check(&view)?;
        }
        let header = &view.frame.header;
        if header.rsp && settings.sign_responses == SignResponses::Off {
            return Err(Error::new(Code::ResponseNotSignable, "this gateway signs no responses"));
        }
        self.stamp = Stamp::of(header);
        self.trusted = Some(trusted);
        let announced = checks::content_length(fields).and_then(|length| usize::try_from(length).ok());
        let limit = self.limit();
        self.share = Some(Share::take(&gateway, announced.unwrap_or(limit).min(limit))?);
        Ok(Step::Body)
    }

    /// Takes the body, verifies the signature, and reserves the nonce or asks for its reservation.
    ///
    /// # Errors
    /// `invalid_argument`: no body was asked for.
    pub fn read(&mut self, body: &[u8], now_ms: u64) -> Result<Step> {
        if self.step != Step::Body {
            return Err(Error::new(Code::InvalidArgument, "no body was asked for"));
        }
        match self.verify(body, now_ms) {
            Ok(reservation) => {
                self.reservation = Some(reservation);
                self.step = Step::Reserve;
            }
            Err(error) => self.refuse(error, now_ms),
        }
        self.share = None;
        let (Step::Reserve, Some(memory)) = (self.step, &self.gateway.0.memory) else { return Ok(self.step) };
        let Reservation { key, ttl_ms, .. } = self.reservation.expect("it was just made");
        let verdict = memory.reserve(key, self.forget_at_ms, self.forget_at_ms - ttl_ms);
        self.reserved(verdict, now_ms)
    }

    fn verify(&mut self, body: &[u8], now_ms: u64) -> Result<Reservation> {
        let gateway = self.gateway.clone();
        let settings = &gateway.0.settings;
        let frame = self.frame.as_ref().expect("a signed request has a frame");
        let trusted = self.trusted.as_ref().expect("and a key");
        if body.len() > settings.max_body {
            return Err(checks::too_large());
        }
        let can = frame.header.can.unwrap_or(Can::None);
        let payload = media::payload(can, body, settings.max_body, settings.max_depth)?;
        let input = frame.signing_input(&payload);
        let hash = &*self.hash.insert(request_hash(&input));
        let json = (can == Can::Jcs).then_some(&*payload);
        let stamp = Stamp::of_request(self.stamp.take(), json, settings.nonce_location, settings.nonce_ttl)?;
        if stamp.nonce.len() < settings.nonce_min_len {
            return Err(short_nonce());
        }
        if frame.header.iat.is_none() {
            // What the header says was looked at before the body was read.
            checks::window(settings, stamp.iat, stamp.exp, gateway.0.clock.read(now_ms)?)?;
        }
        verify_signature(trusted, frame, &input)?;
        // Once more: a body may arrive slowly, and a nonce is kept from now on.
        let now_ms = gateway.0.clock.read(now_ms)?;
        checks::window(settings, stamp.iat, stamp.exp, now_ms)?;
        if gateway.0.guard.is_cold(stamp.iat) {
            return Err(refusal(Verdict::Cold).expect("cold is refused"));
        }
        let observed = self.mode == Mode::Observe;
        let ttl_ms = replay::ttl_ms(stamp.exp, now_ms, settings.nonce_ttl, settings.clock_skew);
        self.forget_at_ms = now_ms + ttl_ms;
        let key = replay::key(&trusted.tenant, &trusted.signer, &stamp.nonce, observed);
        self.identity = Some(identity(frame, trusted, &stamp, hash));
        self.stamp = Some(stamp);
        self.body = match settings.forward_body {
            ForwardBody::Canonical => payload,
            ForwardBody::Original => body.to_vec(),
        };
        Ok(Reservation { key, owner: self.owner, ttl_ms })
    }

    /// Takes what the store of nonces said.
    ///
    /// # Errors
    /// `invalid_argument`: no reservation was asked for.
    pub fn reserved(&mut self, verdict: Verdict, now_ms: u64) -> Result<Step> {
        if self.step != Step::Reserve {
            return Err(Error::new(Code::InvalidArgument, "no reservation was asked for"));
        }
        // The store may have lost its state between the question and the answer: then what it calls new may be old.
        let cold = self.stamp.as_ref().is_none_or(|stamp| self.gateway.0.guard.is_cold(stamp.iat));
        match refusal(if cold && verdict == Verdict::New { Verdict::Cold } else { verdict }) {
            Some(error) => self.refuse(error, now_ms),
            None => {
                let trusted = self.trusted.as_ref().expect("a signed request has a key");
                self.gateway.0.quota.note(&trusted.signer, self.forget_at_ms, now_ms);
                self.gateway.0.count(Outcome::Accepted);
                // To observe is to change nothing: the handler gets what came, as it does where a check fails.
                self.step = if self.mode == Mode::Observe { Step::Pass } else { Step::Accept };
            }
        }
        Ok(self.step)
    }

    /// Refuses the request for what the host found while it read the body: `body_too_large`, `body_timeout`,
    /// `overloaded`, `replay_store_unavailable`.
    ///
    /// # Errors
    /// `invalid_argument`: the code is another one, or the request is not being read.
    pub fn give_up(&mut self, code: Code, now_ms: u64) -> Result<Step> {
        let known = [Code::BodyTooLarge, Code::BodyTimeout, Code::Overloaded, Code::ReplayStoreUnavailable];
        if !known.contains(&code) || !matches!(self.step, Step::Body | Step::Reserve) {
            return Err(Error::new(Code::InvalidArgument, "a request is not given up like this"));
        }
        self.share = None;
        // Any body is too large for a request that was signed without one.
        let unexpected = code == Code::BodyTooLarge && !self.has_body();
        let gave_up = || Error::new(code, "the host gave the request up");
        let error = if unexpected { media::unexpected_body() } else { gave_up() };
        self.refuse(error, now_ms);
        Ok(self.step)
    }

    /// Refuses the request, or, where it is only observed, lets it pass.
    fn refuse(&mut self, error: Error, now_ms: u64) {
        let code = error.code();
        self.fault = Some(error);
        self.identity = None;
        self.gateway.0.count(Outcome::Refused(code));
        if self.mode == Mode::Observe {
            self.step = Step::Pass;
            return;
        }
        let answer = problem(code, &self.trace_id);
        self.answer = Some(self.signed_problem(&answer, now_ms).unwrap_or(answer));
        self.step = Step::Reject;
    }

    /// The answer with a signature, where the request is signed and responses are: else anybody could forge a refusal.
    fn signed_problem(&self, answer: &Answer, now_ms: u64) -> Option<Answer> {
        let frame = self.frame.as_ref()?;
        if !self.wanted(Some(frame)) {
            return None;
        }
        let content = Content::of(&self.method, answer.status, Some(PROBLEM), &answer.body).ok()?;
        let mut signed = self.gateway.0.sign(self.request(), answer.status, content, now_ms).ok()?;
        signed.fields.extend_from_slice(&answer.fields);
        Some(signed)
    }

    fn request(&self) -> Request<'_> {
        let header = self.frame.as_ref().map(|frame| &frame.header);
        let nonce = header.and_then(|header| header.nonce.as_deref());
        let nonce = nonce.or(self.stamp.as_ref().map(|stamp| stamp.nonce.as_str()));
        Request {
            method: &self.method,
            target: &self.target,
            signer: header.map(|header| (header.kid.as_str(), nonce)),
            hash: self.hash.as_deref(),
        }
    }

    fn wanted(&self, frame: Option<&Frame>) -> bool {
        match self.gateway.0.settings.sign_responses {
            SignResponses::Off => false,
            SignResponses::On => true,
            SignResponses::RequiredByClient => frame.is_some_and(|frame| frame.header.rsp),
        }
    }

    /// Whether the response is to be handed to [`respond`](Self::respond) before it is sent.
    #[must_use]
    pub fn signs_response(&self) -> bool {
        self.mode != Mode::Off
            && matches!(self.step, Step::Pass | Step::Accept)
            && self.wanted(self.frame.as_ref())
    }

    /// Signs the response of the handler. `body` is `None` where it is streamed or too large to be held. The answer is
    /// what to send: where the client requires a signature and there can be none, an error in place of a success.
    ///
    /// # Errors
    /// `invalid_argument`: the status is none, or this response is not to be signed. `response_not_signable`,
    /// `response_signer_unavailable`: the response goes out as it is, without a signature, which no one requires.
    pub fn respond(
        &mut self,
        status: u16,
        content_type: Option<&str>,
        body: Option<&[u8]>,
        now_ms: u64,
    ) -> Result<Answer> {
        if !self.signs_response() || !(100..1000).contains(&status) {
            return Err(Error::new(Code::InvalidArgument, "this response is not to be signed"));
        }
        let streamed = || {
            Error::new(Code::ResponseNotSignable, "the response cannot be signed")
                .with_text("cause", "streamed")
        };
        let signed = body
            .ok_or_else(streamed)
            .and_then(|body| Content::of(&self.method, status, content_type, body))
            .and_then(|content| self.gateway.0.sign(self.request(), status, content, now_ms));
        signed.or_else(|error| {
            let code = error.code();
            self.fault = Some(error.clone());
            let required = self.frame.as_ref().is_some_and(|frame| frame.header.rsp);
            if !required || !(200..300).contains(&status) {
                return Err(error);
            }
            let answer = problem(code, &self.trace_id);
            Ok(self.signed_problem(&answer, now_ms).unwrap_or(answer))
        })
    }

    /// What is to be done next.
    #[must_use]
    pub fn step(&self) -> Step {
        self.step
    }

    /// At [`Step::Keys`]: the source whose keys are due, for [`Gateway::keys_due`].
    #[must_use]
    pub fn source(&self) -> usize {
        self.source
    }

    /// The most bytes that the body may have: none where the request is signed as one without.
    #[must_use]
    pub fn limit(&self) -> usize {
        if self.has_body() { self.gateway.0.settings.max_body } else { 0 }
    }

    fn has_body(&self) -> bool {
        self.frame.as_ref().is_none_or(|frame| frame.header.can.is_some_and(|can| can != Can::None))
    }

    /// At [`Step::Reserve`]: what to reserve.
    #[must_use]
    pub fn reservation(&self) -> Option<Reservation> {
        self.reservation
    }

    /// At [`Step::Accept`]: the body for the handler, which is what was verified.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// At [`Step::Accept`]: who signed, as canonical JSON
    /// `{"alg","aud","exp","iat","iss"?,"kid","nonce","request_hash","tenant"}`.
    #[must_use]
    pub fn identity(&self) -> Option<&[u8]> {
        self.identity.as_deref().filter(|_| self.step == Step::Accept)
    }

    /// At [`Step::Reject`]: the complete response.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        self.answer.as_ref()
    }

    /// Why the request was refused, or why it would have been where it is only observed.
    #[must_use]
    pub fn fault(&self) -> Option<&Error> {
        self.fault.as_ref()
    }

    /// A line for the log, as canonical JSON: `{"code"?,"detail"?,"kid"?,"method","mode","outcome","path","tenant"?,
    /// "trace_id"}`. The outcome is `accepted`, `passed`, `refused` or `pending`. It never holds a body, a query or a secret.
    #[must_use]
    pub fn event(&self) -> Vec<u8> {
        let outcome = match self.step {
            Step::Pass => "passed",
            Step::Accept => "accepted",
            Step::Reject => "refused",
            Step::Keys | Step::Body | Step::Reserve => "pending",
        };
        let kid = self.frame.as_ref().map(|frame| frame.header.kid.as_str());
        let tenant = self.trusted.as_ref().map(|trusted| trusted.tenant.as_str());
        // A query may hold a secret.
        let without_query = |target: &str| match target.split_once('?') {
            Some((target, _)) => format!("{target}?…"),
            None => target.to_owned(),
        };
        let fault = self
            .fault
            .clone()
            .map(|fault| fault.map_text("expected", without_query).map_text("actual", without_query));
        let detail = fault.as_ref().and_then(Error::detail_json);
        text::object([
            ("code", Part::text(self.fault.as_ref().map(|fault| fault.code().name()))),
            ("detail", Part::json(detail.as_deref())),
            ("kid", Part::text(kid)),
            ("method", Part::Text(&self.method)),
            ("mode", Part::Text(self.mode.name())),
            ("outcome", Part::Text(outcome)),
            ("path", Part::Text(&self.path)),
            ("tenant", Part::text(tenant)),
            ("trace_id", Part::Text(&self.trace_id)),
        ])
    }
}

pub(super) fn unsigned() -> Error {
    Error::new(Code::SignatureMissing, "the request is not signed")
}

/// What a store's verdict means for a request.
fn refusal(verdict: Verdict) -> Option<Error> {
    let (code, message) = match verdict {
        Verdict::New => return None,
        Verdict::Replay => (Code::ReplayDetected, "the nonce was seen before"),
        Verdict::Full => (Code::ReplayStoreFull, "the store of nonces is full"),
        Verdict::Cold => (Code::ReplayStateCold, "the store of nonces lost its state after this was signed"),
        Verdict::Unavailable => (Code::ReplayStoreUnavailable, "the store of nonces does not answer"),
    };
    Some(Error::new(code, message))
}
