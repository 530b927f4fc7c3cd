//! Work on the thread pool of Node.

use napi::bindgen_prelude::{AsyncTask, ToNapiValue, TypeName};
use napi::{Env, Status, Task, ValueType};
use samebyte::api;

use crate::border::Outcome;

/// One operation with its inputs.
pub(crate) struct Work<T>(Option<Box<dyn FnOnce() -> api::Result<T> + Send>>);

/// A promise of what `operation` gives. As everywhere an error is data, so that the promise is never rejected.
pub(crate) fn promise<T: ToNapiValue + Send + 'static>(
    operation: impl FnOnce() -> api::Result<T> + Send + 'static,
) -> AsyncTask<Work<T>> {
    AsyncTask::new(Work(Some(Box::new(operation))))
}

impl<T: ToNapiValue + Send + 'static> Task for Work<T> {
    type Output = api::Result<T>;
    type JsValue = Outcome<T>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        let operation = self.0.take();
        let operation =
            operation.ok_or_else(|| napi::Error::new(Status::GenericFailure, "work that is done"))?;
        Ok(api::guard(operation))
    }

    fn resolve(&mut self, _: Env, output: Self::Output) -> napi::Result<Self::JsValue> {
        Ok(Outcome(output))
    }
}

impl<T> TypeName for Outcome<T> {
    fn type_name() -> &'static str {
        "Outcome"
    }

    fn value_type() -> ValueType {
        ValueType::Unknown
    }
}
