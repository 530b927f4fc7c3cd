//! How the shared library is linked.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // The name that programs remember; its number is that of the interface before 1.0.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libsamebyte.so.0");
    }
}
