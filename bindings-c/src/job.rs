//! Jobs.

use std::ffi::c_char;

use samebyte::api;

use crate::border;
use crate::bytes::sb_bytes;
use crate::error::sb_error;
use crate::signing_key::sb_signing_key;

/// The job in canonical form with one more signature.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_job_sign(
    job: *const c_char,
    job_length: usize,
    key: *const sb_signing_key,
    signed_job: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(signed_job, error, || {
            let job = border::input(job, job_length)?;
            let key = border::handle(key)?;
            api::job_sign(job, &key.0).map(sb_bytes::new)
        })
    }
}

/// Verifies every signature of a job, of which there must be one. The result is `{"job":...,"signatories":[...]}`.
/// This proves that the holders of those keys signed, NOT that they may: see `sb_job_authorize`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_job_verify_signatures(
    job: *const c_char,
    job_length: usize,
    result: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(result, error, || {
            let job = border::input(job, job_length)?;
            api::job_verify_signatures(job).map(sb_bytes::new)
        })
    }
}

/// Verifies a job and lists its distinct public keys, lower-case hex, in the order of their signatures, as a JSON
/// array. This proves possession, NOT permission.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_job_signatories(
    job: *const c_char,
    job_length: usize,
    signatories: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(signatories, error, || {
            let job = border::input(job, job_length)?;
            api::job_signatories(job).map(sb_bytes::new)
        })
    }
}

/// Verifies a job and holds its signers and times against `policy` at the time `now` (Unix seconds). The result is
/// `{"ignored":[keys],"job":...,"principals":[names]}`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_job_authorize(
    job: *const c_char,
    job_length: usize,
    policy: *const c_char,
    policy_length: usize,
    now: i64,
    result: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(result, error, || {
            let job = border::input(job, job_length)?;
            let policy = border::input(policy, policy_length)?;
            api::job_authorize(job, policy, now).map(sb_bytes::new)
        })
    }
}

/// The pre-authentication encoding that every signer of this job signs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sb_job_canonical_representation(
    job: *const c_char,
    job_length: usize,
    canonical: *mut sb_bytes,
    error: *mut *mut sb_error,
) -> i32 {
    // SAFETY: the contract of the crate is what the helpers ask for.
    unsafe {
        border::call(canonical, error, || {
            let job = border::input(job, job_length)?;
            api::job_canonical_representation(job).map(sb_bytes::new)
        })
    }
}
