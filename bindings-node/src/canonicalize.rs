//! The one function that is registered by hand: the glue that napi-rs generates takes a tenth of the time that a
//! small document needs.

use std::ptr;

use napi::bindgen_prelude::{FromNapiValue, JsObjectValue, Object, ToNapiValue};
use napi::{JsError, check_status, sys};
use napi_derive::napi;
use samebyte::api::{Finished, guard};

use crate::border::{Bytes, Canonical, Outcome, Target, Written};
use crate::input;

/// Adds what is registered by hand to the module.
#[napi(module_exports)]
pub(crate) fn exports(mut exports: Object<'_>) -> napi::Result<()> {
    exports.create_named_method("jcsCanonicalize", jcs_canonicalize)
}

/// `jcsCanonicalize(input, length, form, pool, offset, numbers, options)`: [`samebyte::api::jcs_canonicalize`];
/// for a native object, the canonical text of what was walked. The last two may be left out.
unsafe extern "C" fn jcs_canonicalize(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: `env` and `info` are those of this call.
    match unsafe { called(env, info) } {
        Ok(value) => value,
        Err(error) => {
            // SAFETY: as above. The value that is returned beside a thrown error is not looked at.
            unsafe { JsError::from(error).throw_into(env) };
            ptr::null_mut()
        }
    }
}

/// The body, with the faults of the caller as errors of Node-API.
///
/// # Safety
/// `env` and `info` are those of the running call.
unsafe fn called(env: sys::napi_env, info: sys::napi_callback_info) -> napi::Result<sys::napi_value> {
    let mut arguments = [ptr::null_mut(); 7];
    let mut count = arguments.len();
    // SAFETY: `arguments` has room for `count` values; those that are missing become `undefined`.
    check_status!(unsafe {
        sys::napi_get_cb_info(env, info, &mut count, arguments.as_mut_ptr(), ptr::null_mut(), ptr::null_mut())
    })?;
    let [bytes, length, form, pool, offset, numbers, options] = arguments;
    // SAFETY: the values are those of the running call, and so is what is made of them.
    unsafe {
        let bytes = Bytes::from_napi_value(env, bytes)?;
        let length = u32::from_napi_value(env, length)?;
        let form = u32::from_napi_value(env, form)?;
        let pool = Target::from_napi_value(env, pool)?;
        let offset = u32::from_napi_value(env, offset)?;
        let (numbers, options): (Option<String>, Option<String>) = if count > 5 {
            (Option::from_napi_value(env, numbers)?, Option::from_napi_value(env, options)?)
        } else {
            (None, None)
        };
        let (numbers, options) = (numbers.as_deref(), options.as_deref());
        let make = |text: Finished<'_>| Canonical::new(env, text);
        let text = match guard(|| input::canonicalize(&bytes, length, form, numbers, options, make)) {
            Ok(made) => match made? {
                Canonical::Large(buffer) => return Ok(buffer),
                Canonical::Small(text) => Ok(text),
            },
            Err(error) => Err(error),
        };
        Outcome::<Written>::to_napi_value(env, pool.write(offset, text))
    }
}
