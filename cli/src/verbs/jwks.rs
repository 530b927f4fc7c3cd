//! `jwks build` and `jwks lint`.

use samebyte::api;

use crate::arguments::{Input, Jwks, JwksBuild, Password};
use crate::failure::Result;
use crate::input::MAX_BYTES;
use crate::keys;
use crate::output::{Outcome, line};

pub(super) fn run(verb: Jwks) -> Result<Outcome> {
    match verb {
        Jwks::Build(arguments) => build(&arguments),
        Jwks::Lint(input) => lint(&input),
    }
}

fn build(arguments: &JwksBuild) -> Result<Outcome> {
    let no_password = Password { password_file: None };
    let keys = arguments
        .files
        .iter()
        .map(|source| keys::any(source, &no_password)?.public())
        .collect::<Result<Vec<_>>>()?;
    let jwks = api::keyset_to_jwks(&api::keyset_new(&keys, &[])?)?;
    Ok(Outcome { plain: line(jwks.clone()), json: jwks, note: None })
}

fn lint(input: &Input) -> Result<Outcome> {
    Ok(Outcome::report(api::keyset_lint(&input.file.read(MAX_BYTES)?)?))
}
