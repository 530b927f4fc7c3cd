// samebyte for C++17: handles that free themselves, and exceptions in place of codes.
//
// Every function throws samebyte::Error where the C function of the same name returns another code than SB_OK.
// Texts go in as std::string_view and come out as std::string. What leaves a std::string is not zeroed when it is
// freed: hold private keys as SigningKey, and export them only to write them somewhere.
#ifndef SAMEBYTE_HPP
#define SAMEBYTE_HPP

#include "samebyte.h"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace samebyte {

/// Why a call was refused. `code`, `name` and `kind` are stable; `what()` is for people.
class Error : public std::runtime_error {
public:
    explicit Error(const sb_error *error)
        : std::runtime_error(sb_error_message(error)), code_(sb_error_code(error)), name_(sb_error_name(error)),
          kind_(sb_error_kind(error)), detail_(sb_error_detail(error) ? sb_error_detail(error) : "") {}

    /// The number: one of sb_code, or a later one.
    std::int32_t code() const noexcept { return code_; }
    /// The name of the code, for example `signature_invalid`.
    const std::string &name() const noexcept { return name_; }
    /// The kind of the code, for example `rejected`.
    const std::string &kind() const noexcept { return kind_; }
    /// A small JSON object, or the empty string.
    const std::string &detail() const noexcept { return detail_; }

private:
    std::int32_t code_;
    std::string name_, kind_, detail_;
};

/// What a number means: see sb_numbers.
enum class Numbers : std::int32_t { ieee754 = SB_NUMBERS_IEEE754, exact = SB_NUMBERS_EXACT };

namespace detail {

struct Free {
    void operator()(sb_error *error) const noexcept { sb_error_free(error); }
    void operator()(sb_signing_key *key) const noexcept { sb_signing_key_free(key); }
    void operator()(sb_public_key *key) const noexcept { sb_public_key_free(key); }
    void operator()(sb_verifier *verifier) const noexcept { sb_verifier_free(verifier); }
};

template <class T> using Owned = std::unique_ptr<T, Free>;

/// Calls a C function whose output is bytes.
template <class Function, class... Arguments> std::string bytes(Function function, Arguments... arguments) {
    struct Bytes : sb_bytes {
        Bytes() : sb_bytes() {}
        Bytes(const Bytes &) = delete;
        Bytes &operator=(const Bytes &) = delete;
        ~Bytes() { sb_bytes_free(this); }
    } output;
    sb_error *error = nullptr;
    if (function(arguments..., &output, &error) != SB_OK) throw Error(Owned<sb_error>(error).get());
    return std::string(output.data, output.length);
}

/// Calls a C function whose output is a handle.
template <class T, class Function, class... Arguments> Owned<T> handle(Function function, Arguments... arguments) {
    T *output = nullptr;
    sb_error *error = nullptr;
    if (function(arguments..., &output, &error) != SB_OK) throw Error(Owned<sb_error>(error).get());
    return Owned<T>(output);
}

/// The pointer of a text, which is never null: an empty view may have none, and C takes that for a mistake.
inline const char *pointer(std::string_view text) noexcept { return text.empty() ? "" : text.data(); }

} // namespace detail

/// RFC 8785 text of a JSON text. `options`: see sb_jcs_canonicalize.
inline std::string canonicalize(std::string_view input, Numbers numbers = Numbers::ieee754,
                                std::string_view options = {}) {
    return detail::bytes(sb_jcs_canonicalize, detail::pointer(input), input.size(),
                         static_cast<std::int32_t>(numbers), detail::pointer(options), options.size());
}

/// SHA-256 of the RFC 8785 text of a JSON text: 32 bytes.
inline std::string sha256(std::string_view input, Numbers numbers = Numbers::ieee754,
                          std::string_view options = {}) {
    return detail::bytes(sb_jcs_sha256, detail::pointer(input), input.size(), static_cast<std::int32_t>(numbers),
                         detail::pointer(options), options.size());
}

/// A public key.
class PublicKey {
public:
    static PublicKey from_jwk(std::string_view jwk) {
        return PublicKey(detail::handle<sb_public_key>(sb_public_key_from_jwk, detail::pointer(jwk), jwk.size()));
    }
    static PublicKey from_pem(std::string_view pem) {
        return PublicKey(detail::handle<sb_public_key>(sb_public_key_from_pem, detail::pointer(pem), pem.size()));
    }
    static PublicKey from_hex(std::string_view algorithm, std::string_view hex) {
        return PublicKey(detail::handle<sb_public_key>(sb_public_key_from_hex, detail::pointer(algorithm),
                                                       algorithm.size(), detail::pointer(hex), hex.size()));
    }
    std::string to_jwk() const { return detail::bytes(sb_public_key_to_jwk, c()); }
    std::string to_pem() const { return detail::bytes(sb_public_key_to_pem, c()); }
    std::string to_hex() const { return detail::bytes(sb_public_key_to_hex, c()); }
    std::string algorithm() const { return detail::bytes(sb_public_key_algorithm, c()); }
    std::string kid() const { return detail::bytes(sb_public_key_kid, c()); }
    std::string thumbprint() const { return detail::bytes(sb_public_key_thumbprint, c()); }
    /// The handle, for a C function; this object keeps it.
    const sb_public_key *c() const noexcept { return key_.get(); }

private:
    friend class SigningKey;
    explicit PublicKey(detail::Owned<sb_public_key> key) : key_(std::move(key)) {}
    detail::Owned<sb_public_key> key_;
};

/// A private key.
class SigningKey {
public:
    static SigningKey generate(std::string_view algorithm) {
        return SigningKey(
            detail::handle<sb_signing_key>(sb_key_generate, detail::pointer(algorithm), algorithm.size()));
    }
    static SigningKey from_jwk(std::string_view jwk) {
        return SigningKey(detail::handle<sb_signing_key>(sb_key_from_jwk, detail::pointer(jwk), jwk.size()));
    }
    static SigningKey from_pem(std::string_view pem) {
        return SigningKey(detail::handle<sb_signing_key>(sb_key_from_pem, detail::pointer(pem), pem.size()));
    }
    static SigningKey from_hex(std::string_view algorithm, std::string_view hex) {
        return SigningKey(detail::handle<sb_signing_key>(sb_key_from_hex, detail::pointer(algorithm),
                                                         algorithm.size(), detail::pointer(hex), hex.size()));
    }
    std::string to_jwk() const { return detail::bytes(sb_key_to_jwk, c()); }
    std::string to_pem() const { return detail::bytes(sb_key_to_pem, c()); }
    std::string to_hex() const { return detail::bytes(sb_key_to_hex, c()); }
    PublicKey public_key() const { return PublicKey(detail::handle<sb_public_key>(sb_key_public, c())); }
    /// The handle, for a C function; this object keeps it.
    const sb_signing_key *c() const noexcept { return key_.get(); }

private:
    explicit SigningKey(detail::Owned<sb_signing_key> key) : key_(std::move(key)) {}
    detail::Owned<sb_signing_key> key_;
};

/// Which keys are trusted, and how many of them must have signed.
class Verifier {
public:
    explicit Verifier(const std::vector<const PublicKey *> &keys, std::size_t threshold = 1) {
        std::vector<const sb_public_key *> handles;
        for (const PublicKey *key : keys) handles.push_back(key->c());
        const std::string options = "{\"threshold\":" + std::to_string(threshold) + "}";
        verifier_ = detail::handle<sb_verifier>(sb_verifier_new, handles.data(), handles.size(), options.data(),
                                                options.size());
    }
    /// The handle, for a C function; this object keeps it.
    const sb_verifier *c() const noexcept { return verifier_.get(); }

private:
    detail::Owned<sb_verifier> verifier_;
};

namespace document {

inline std::string sign(std::string_view document, const SigningKey &key, std::string_view media_type) {
    return detail::bytes(sb_document_sign, detail::pointer(document), document.size(), key.c(),
                         detail::pointer(media_type), media_type.size());
}
inline std::string verify(std::string_view document, const Verifier &verifier, std::string_view media_type) {
    return detail::bytes(sb_document_verify, detail::pointer(document), document.size(), verifier.c(),
                         detail::pointer(media_type), media_type.size());
}
inline std::string signing_input(std::string_view document, std::string_view media_type) {
    return detail::bytes(sb_document_signing_input, detail::pointer(document), document.size(),
                         detail::pointer(media_type), media_type.size());
}
inline std::string to_dsse(std::string_view document, std::string_view media_type) {
    return detail::bytes(sb_document_to_dsse, detail::pointer(document), document.size(),
                         detail::pointer(media_type), media_type.size());
}
inline std::string from_dsse(std::string_view envelope, std::string_view media_type) {
    return detail::bytes(sb_document_from_dsse, detail::pointer(envelope), envelope.size(),
                         detail::pointer(media_type), media_type.size());
}

} // namespace document

namespace job {

inline std::string sign(std::string_view job, const SigningKey &key) {
    return detail::bytes(sb_job_sign, detail::pointer(job), job.size(), key.c());
}
inline std::string verify_signatures(std::string_view job) {
    return detail::bytes(sb_job_verify_signatures, detail::pointer(job), job.size());
}
inline std::string signatories(std::string_view job) {
    return detail::bytes(sb_job_signatories, detail::pointer(job), job.size());
}
inline std::string authorize(std::string_view job, std::string_view policy, std::int64_t now) {
    return detail::bytes(sb_job_authorize, detail::pointer(job), job.size(), detail::pointer(policy), policy.size(),
                         now);
}
inline std::string canonical_representation(std::string_view job) {
    return detail::bytes(sb_job_canonical_representation, detail::pointer(job), job.size());
}

} // namespace job

namespace receipt {

inline std::string sign(std::string_view receipt, const SigningKey &key) {
    return detail::bytes(sb_receipt_sign, detail::pointer(receipt), receipt.size(), key.c());
}
inline std::string verify(std::string_view receipt, const PublicKey &public_key) {
    return detail::bytes(sb_receipt_verify, detail::pointer(receipt), receipt.size(), public_key.c());
}
inline std::string canonical_representation(std::string_view receipt) {
    return detail::bytes(sb_receipt_canonical_representation, detail::pointer(receipt), receipt.size());
}

} // namespace receipt

} // namespace samebyte

#endif
