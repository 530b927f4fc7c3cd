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
#include <optional>
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
    void operator()(sb_keyset *keyset) const noexcept { sb_keyset_free(keyset); }
    void operator()(sb_verifier *verifier) const noexcept { sb_verifier_free(verifier); }
    void operator()(sb_gateway *gateway) const noexcept { sb_gateway_free(gateway); }
    void operator()(sb_exchange *exchange) const noexcept { sb_exchange_free(exchange); }
    void operator()(sb_client *client) const noexcept { sb_client_free(client); }
    void operator()(sb_call *call) const noexcept { sb_call_free(call); }
};

template <class T> using Owned = std::unique_ptr<T, Free>;

struct Bytes : sb_bytes {
    Bytes() : sb_bytes() {}
    Bytes(const Bytes &) = delete;
    Bytes &operator=(const Bytes &) = delete;
    ~Bytes() { sb_bytes_free(this); }
    std::string text() const { return length == 0 ? std::string() : std::string(data, length); }
};

/// Calls a C function whose output is bytes.
template <class Function, class... Arguments> std::string bytes(Function function, Arguments... arguments) {
    Bytes output;
    sb_error *error = nullptr;
    if (function(arguments..., &output, &error) != SB_OK) throw Error(Owned<sb_error>(error).get());
    return output.text();
}

/// Calls a C function with two outputs of bytes.
template <class Function, class... Arguments>
std::pair<std::string, std::string> pair(Function function, Arguments... arguments) {
    Bytes first, second;
    sb_error *error = nullptr;
    if (function(arguments..., &first, &second, &error) != SB_OK) throw Error(Owned<sb_error>(error).get());
    return {first.text(), second.text()};
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

/// The pointer of a text that may be left out.
inline const char *pointer(const std::optional<std::string_view> &text) noexcept {
    return text ? pointer(*text) : nullptr;
}
inline std::size_t length(const std::optional<std::string_view> &text) noexcept { return text ? text->size() : 0; }

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

/// A text that may be left out.
using Optional = std::optional<std::string_view>;

/// A public key. `algorithm`, where it is given, is the one that the key permits then.
class PublicKey {
public:
    static PublicKey from_jwk(std::string_view jwk, Optional algorithm = {}) {
        return PublicKey(detail::handle<sb_public_key>(sb_public_key_from_jwk, detail::pointer(jwk), jwk.size(),
                                                       detail::pointer(algorithm), detail::length(algorithm)));
    }
    static PublicKey from_pem(std::string_view pem, Optional algorithm = {}) {
        return PublicKey(detail::handle<sb_public_key>(sb_public_key_from_pem, detail::pointer(pem), pem.size(),
                                                       detail::pointer(algorithm), detail::length(algorithm)));
    }
    static PublicKey from_der(std::string_view der, Optional algorithm = {}) {
        return PublicKey(detail::handle<sb_public_key>(sb_public_key_from_der, detail::pointer(der), der.size(),
                                                       detail::pointer(algorithm), detail::length(algorithm)));
    }
    static PublicKey from_hex(std::string_view algorithm, std::string_view hex) {
        return PublicKey(detail::handle<sb_public_key>(sb_public_key_from_hex, detail::pointer(algorithm),
                                                       algorithm.size(), detail::pointer(hex), hex.size()));
    }
    std::string to_jwk() const { return detail::bytes(sb_public_key_to_jwk, c()); }
    std::string to_pem() const { return detail::bytes(sb_public_key_to_pem, c()); }
    std::string to_der() const { return detail::bytes(sb_public_key_to_der, c()); }
    std::string to_hex() const { return detail::bytes(sb_public_key_to_hex, c()); }
    std::string algorithm() const { return detail::bytes(sb_public_key_algorithm, c()); }
    std::string kid() const { return detail::bytes(sb_public_key_kid, c()); }
    std::string thumbprint() const { return detail::bytes(sb_public_key_thumbprint, c()); }
    /// The handle, for a C function; this object keeps it.
    const sb_public_key *c() const noexcept { return key_.get(); }
    /// Takes over what a C function made.
    explicit PublicKey(detail::Owned<sb_public_key> key) : key_(std::move(key)) {}

private:
    detail::Owned<sb_public_key> key_;
};

/// A private or symmetric key.
class SigningKey {
public:
    /// `options`: see sb_key_generate.
    static SigningKey generate(std::string_view algorithm, std::string_view options = {}) {
        return SigningKey(detail::handle<sb_signing_key>(sb_key_generate, detail::pointer(algorithm),
                                                         algorithm.size(), detail::pointer(options), options.size()));
    }
    static SigningKey from_jwk(std::string_view jwk, Optional algorithm = {}) {
        return SigningKey(detail::handle<sb_signing_key>(sb_key_from_jwk, detail::pointer(jwk), jwk.size(),
                                                         detail::pointer(algorithm), detail::length(algorithm)));
    }
    static SigningKey from_pem(std::string_view pem, Optional algorithm = {}) {
        return SigningKey(detail::handle<sb_signing_key>(sb_key_from_pem, detail::pointer(pem), pem.size(),
                                                         detail::pointer(algorithm), detail::length(algorithm)));
    }
    static SigningKey from_encrypted_pem(std::string_view pem, std::string_view password, Optional algorithm = {}) {
        return SigningKey(detail::handle<sb_signing_key>(sb_key_from_encrypted_pem, detail::pointer(pem), pem.size(),
                                                         detail::pointer(password), password.size(),
                                                         detail::pointer(algorithm), detail::length(algorithm)));
    }
    static SigningKey from_der(std::string_view der, Optional algorithm = {}) {
        return SigningKey(detail::handle<sb_signing_key>(sb_key_from_der, detail::pointer(der), der.size(),
                                                         detail::pointer(algorithm), detail::length(algorithm)));
    }
    static SigningKey from_hex(std::string_view algorithm, std::string_view hex) {
        return SigningKey(detail::handle<sb_signing_key>(sb_key_from_hex, detail::pointer(algorithm),
                                                         algorithm.size(), detail::pointer(hex), hex.size()));
    }
    static SigningKey symmetric(std::string_view algorithm, std::string_view secret, Optional kid = {}) {
        return SigningKey(detail::handle<sb_signing_key>(sb_key_symmetric, detail::pointer(algorithm),
                                                         algorithm.size(), detail::pointer(secret), secret.size(),
                                                         detail::pointer(kid), detail::length(kid)));
    }
    static SigningKey symmetric_from_jwk(std::string_view jwk) {
        return SigningKey(
            detail::handle<sb_signing_key>(sb_key_symmetric_from_jwk, detail::pointer(jwk), jwk.size()));
    }
    std::string to_jwk() const { return detail::bytes(sb_key_to_jwk, c()); }
    std::string to_pem() const { return detail::bytes(sb_key_to_pem, c()); }
    std::string to_encrypted_pem(std::string_view password) const {
        return detail::bytes(sb_key_to_encrypted_pem, c(), detail::pointer(password), password.size());
    }
    std::string to_der() const { return detail::bytes(sb_key_to_der, c()); }
    std::string to_hex() const { return detail::bytes(sb_key_to_hex, c()); }
    std::string algorithm() const { return detail::bytes(sb_key_algorithm, c()); }
    /// Empty for a symmetric key that was given none.
    std::string kid() const { return detail::bytes(sb_key_kid, c()); }
    std::string thumbprint() const { return detail::bytes(sb_key_thumbprint, c()); }
    PublicKey public_key() const { return PublicKey(detail::handle<sb_public_key>(sb_key_public, c())); }
    /// The handle, for a C function; this object keeps it.
    const sb_signing_key *c() const noexcept { return key_.get(); }
    /// Takes over what a C function made.
    explicit SigningKey(detail::Owned<sb_signing_key> key) : key_(std::move(key)) {}

private:
    detail::Owned<sb_signing_key> key_;
};

/// A set of public and symmetric keys, found by `kid`.
class Keyset {
public:
    explicit Keyset(const std::vector<const PublicKey *> &public_keys,
                    const std::vector<const SigningKey *> &symmetric_keys = {}) {
        std::vector<const sb_public_key *> first;
        for (const PublicKey *key : public_keys) first.push_back(key->c());
        std::vector<const sb_signing_key *> second;
        for (const SigningKey *key : symmetric_keys) second.push_back(key->c());
        keyset_ = detail::handle<sb_keyset>(sb_keyset_new, first.data(), first.size(), second.data(), second.size());
    }
    static Keyset from_jwks(std::string_view jwks) {
        Keyset keyset;
        keyset.keyset_ = detail::handle<sb_keyset>(sb_keyset_from_jwks, detail::pointer(jwks), jwks.size());
        return keyset;
    }
    static std::string lint(std::string_view jwks) {
        return detail::bytes(sb_keyset_lint, detail::pointer(jwks), jwks.size());
    }
    std::string to_jwks() const { return detail::bytes(sb_keyset_to_jwks, c()); }
    PublicKey find(std::string_view kid) const {
        return PublicKey(detail::handle<sb_public_key>(sb_keyset_find, c(), detail::pointer(kid), kid.size()));
    }
    std::size_t size() const {
        std::size_t length = 0;
        sb_error *error = nullptr;
        if (sb_keyset_length(c(), &length, &error) != SB_OK) throw Error(detail::Owned<sb_error>(error).get());
        return length;
    }
    /// The handle, for a C function; this object keeps it.
    const sb_keyset *c() const noexcept { return keyset_.get(); }

private:
    Keyset() = default;
    detail::Owned<sb_keyset> keyset_;
};

/// Which keys are trusted, and under which rules. `options`: see sb_verifier_new.
class Verifier {
public:
    explicit Verifier(const Keyset &keyset, std::string_view options = {})
        : verifier_(detail::handle<sb_verifier>(sb_verifier_new, keyset.c(), detail::pointer(options),
                                                options.size())) {}
    explicit Verifier(const std::vector<const PublicKey *> &keys, std::string_view options = {})
        : Verifier(Keyset(keys), options) {}
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

/// JSON Web Signatures (RFC 7515). `options`: see the C function of the same name.
namespace jws {

/// What was signed, and a JSON array with what is known about each signature.
struct Verified {
    std::string payload, signatures;
};

inline std::string sign(std::string_view payload, const SigningKey &key, std::string_view options = {}) {
    return detail::bytes(sb_jws_sign, detail::pointer(payload), payload.size(), key.c(), detail::pointer(options),
                         options.size());
}
inline std::string append(std::string_view jws, Optional payload, const SigningKey &key,
                          std::string_view options = {}) {
    return detail::bytes(sb_jws_append, detail::pointer(jws), jws.size(), detail::pointer(payload),
                         detail::length(payload), key.c(), detail::pointer(options), options.size());
}
inline Verified verify(std::string_view jws, const Verifier &verifier, Optional payload = {},
                       std::string_view options = {}) {
    auto [bytes, signatures] =
        detail::pair(sb_jws_verify, detail::pointer(jws), jws.size(), detail::pointer(payload),
                     detail::length(payload), verifier.c(), detail::pointer(options), options.size());
    return {std::move(bytes), std::move(signatures)};
}
inline std::string prepare(std::string_view payload, const PublicKey &key, std::string_view options = {}) {
    return detail::bytes(sb_jws_prepare, detail::pointer(payload), payload.size(), key.c(), detail::pointer(options),
                         options.size());
}
inline std::string finish(std::string_view payload, const PublicKey &key, std::string_view signature,
                          std::string_view options = {}) {
    return detail::bytes(sb_jws_finish, detail::pointer(payload), payload.size(), key.c(), detail::pointer(options),
                         options.size(), detail::pointer(signature), signature.size());
}
inline std::string inspect(std::string_view jws) {
    return detail::bytes(sb_jws_inspect, detail::pointer(jws), jws.size());
}

} // namespace jws

/// A2A Agent Cards. `form` is `sdk`, `spec` or `raw`.
namespace card {

/// The canonical card that the signature covers, and a JSON report about the signature.
struct Verified {
    std::string card, report;
};

inline std::string canonicalize(std::string_view card, std::string_view form) {
    return detail::bytes(sb_card_canonicalize, detail::pointer(card), card.size(), detail::pointer(form), form.size());
}
inline std::string sign(std::string_view card, const SigningKey &key, std::string_view options = {}) {
    return detail::bytes(sb_card_sign, detail::pointer(card), card.size(), key.c(), detail::pointer(options),
                         options.size());
}
inline Verified verify(std::string_view card, const Verifier &verifier, std::string_view form) {
    auto [bytes, report] = detail::pair(sb_card_verify, detail::pointer(card), card.size(), verifier.c(),
                                        detail::pointer(form), form.size());
    return {std::move(bytes), std::move(report)};
}
inline std::string diagnose(std::string_view card, const Verifier &verifier) {
    return detail::bytes(sb_card_diagnose, detail::pointer(card), card.size(), verifier.c());
}

} // namespace card

/// Signed results of back ends.
namespace result {

inline std::string sign(std::string_view document, const SigningKey &key) {
    return detail::bytes(sb_result_sign, detail::pointer(document), document.size(), key.c());
}
inline std::string verify(std::string_view document, const Verifier &verifier, std::string_view display_name,
                          std::string_view job_id) {
    return detail::bytes(sb_result_verify, detail::pointer(document), document.size(), verifier.c(),
                         detail::pointer(display_name), display_name.size(), detail::pointer(job_id), job_id.size());
}

} // namespace result

/// Signed configurations of back ends.
namespace config {

inline std::string sign(std::string_view document, const SigningKey &key) {
    return detail::bytes(sb_config_sign, detail::pointer(document), document.size(), key.c());
}
inline std::string verify(std::string_view document, const Verifier &verifier, std::string_view display_name) {
    return detail::bytes(sb_config_verify, detail::pointer(document), document.size(), verifier.c(),
                         detail::pointer(display_name), display_name.size());
}

} // namespace config

/// The files and keys of sqooler 0.9.
namespace sqooler {

inline std::string sign(std::string_view payload, const SigningKey &key) {
    return detail::bytes(sb_sqooler_sign, detail::pointer(payload), payload.size(), key.c());
}
inline std::string verify_result(std::string_view file, const PublicKey &key, std::string_view display_name,
                                 std::string_view job_id) {
    return detail::bytes(sb_sqooler_result_verify, detail::pointer(file), file.size(), key.c(),
                         detail::pointer(display_name), display_name.size(), detail::pointer(job_id), job_id.size());
}
inline std::string verify_config(std::string_view file, const PublicKey &key, std::string_view display_name) {
    return detail::bytes(sb_sqooler_config_verify, detail::pointer(file), file.size(), key.c(),
                         detail::pointer(display_name), display_name.size());
}
inline SigningKey signing_key(std::string_view jwk) {
    return SigningKey(detail::handle<sb_signing_key>(sb_sqooler_key_from_jwk, detail::pointer(jwk), jwk.size()));
}
inline std::string signing_key_jwk(const SigningKey &key) { return detail::bytes(sb_sqooler_key_to_jwk, key.c()); }
inline PublicKey public_key(std::string_view jwk) {
    return PublicKey(detail::handle<sb_public_key>(sb_sqooler_public_key_from_jwk, detail::pointer(jwk), jwk.size()));
}
inline std::string public_key_jwk(const PublicKey &key) {
    return detail::bytes(sb_sqooler_public_key_to_jwk, key.c());
}

} // namespace sqooler

/// Signed requests and responses. Times are Unix milliseconds; fields are lines `name: value` that end with CR LF each.
namespace http {

/// What is to be done next in an exchange: see sb_step.
enum class Step : std::int32_t {
    pass = SB_STEP_PASS,
    keys = SB_STEP_KEYS,
    body = SB_STEP_BODY,
    reserve = SB_STEP_RESERVE,
    accept = SB_STEP_ACCEPT,
    reject = SB_STEP_REJECT
};

/// What a store of nonces says: see sb_verdict.
enum class Verdict : std::int32_t {
    new_ = SB_VERDICT_NEW,
    replay = SB_VERDICT_REPLAY,
    full = SB_VERDICT_FULL,
    cold = SB_VERDICT_COLD,
    unavailable = SB_VERDICT_UNAVAILABLE
};

/// A response: what a gateway sends.
struct Answer {
    int status;
    std::string fields, body;
};

/// What a store of nonces is asked to do: key and owner are 16 bytes each.
struct Reservation {
    std::string key, owner;
    std::uint64_t ttl_ms;
};

/// The head of a request as it was received.
struct Head {
    std::string_view method, target, fields;
    Optional authority = {}, peer = {};
};

namespace detail {

using namespace samebyte::detail;

/// Calls a C function whose output is a value of C.
template <class T, class Function, class... Arguments> T value(Function function, Arguments... arguments) {
    T output{};
    sb_error *error = nullptr;
    if (function(arguments..., &output, &error) != SB_OK) throw Error(Owned<sb_error>(error).get());
    return output;
}

/// Calls a C function without an output.
template <class Function, class... Arguments> void nothing(Function function, Arguments... arguments) {
    sb_error *error = nullptr;
    if (function(arguments..., &error) != SB_OK) throw Error(Owned<sb_error>(error).get());
}

/// Calls a C function whose output is bytes, or none.
template <class Function, class... Arguments>
std::optional<std::string> optional(Function function, Arguments... arguments) {
    Bytes output;
    sb_error *error = nullptr;
    if (function(arguments..., &output, &error) != SB_OK) throw Error(Owned<sb_error>(error).get());
    return output.data ? std::optional(output.text()) : std::nullopt;
}

/// Calls a C function whose output is an answer.
template <class Function, class... Arguments> Answer answer(Function function, Arguments... arguments) {
    struct Held : sb_answer {
        Held() : sb_answer() {}
        Held(const Held &) = delete;
        Held &operator=(const Held &) = delete;
        ~Held() { sb_answer_free(this); }
    } held;
    sb_error *error = nullptr;
    sb_answer *place = &held;
    if (function(arguments..., place, &error) != SB_OK) throw Error(Owned<sb_error>(error).get());
    const auto text = [](const sb_bytes &bytes) {
        return bytes.length == 0 ? std::string() : std::string(bytes.data, bytes.length);
    };
    return {held.status, text(held.fields), text(held.body)};
}

} // namespace detail

/// One request at a gateway, and its response. It belongs to one thread at a time.
class Exchange {
public:
    Step step() const { return Step(detail::value<std::int32_t>(sb_exchange_step, c())); }
    std::size_t source() const { return detail::value<std::size_t>(sb_exchange_source, c()); }
    std::size_t limit() const { return detail::value<std::size_t>(sb_exchange_limit, c()); }
    Step body(std::string_view body, std::uint64_t now_ms) {
        return Step(detail::value<std::int32_t>(sb_exchange_body, exchange_.get(), detail::pointer(body), body.size(),
                                                now_ms));
    }
    Reservation reservation() const {
        const auto made = detail::value<sb_reservation>(sb_exchange_reservation, c());
        const auto text = [](const std::uint8_t *bytes) { return std::string(bytes, bytes + 16); };
        return {text(made.key), text(made.owner), made.ttl_ms};
    }
    Step reserved(Verdict verdict, std::uint64_t now_ms) {
        return Step(detail::value<std::int32_t>(sb_exchange_reserved, exchange_.get(),
                                                static_cast<std::int32_t>(verdict), now_ms));
    }
    /// `code`: SB_BODY_TOO_LARGE, SB_BODY_TIMEOUT, SB_OVERLOADED or SB_REPLAY_STORE_UNAVAILABLE.
    Step refuse(std::int32_t code, std::uint64_t now_ms) {
        return Step(detail::value<std::int32_t>(sb_exchange_refuse, exchange_.get(), code, now_ms));
    }
    Answer answer() const { return detail::answer(sb_exchange_answer, c()); }
    std::string verified_body() const { return detail::bytes(sb_exchange_verified_body, c()); }
    std::optional<std::string> identity() const { return detail::optional(sb_exchange_identity, c()); }
    /// Why the request was refused, or would have been where it is only observed.
    std::optional<Error> fault() const {
        sb_error *error = nullptr;
        sb_exchange_fault(c(), &error);
        const detail::Owned<sb_error> owned(error);
        return owned ? std::optional(Error(owned.get())) : std::nullopt;
    }
    std::string event() const { return detail::bytes(sb_exchange_event, c()); }
    bool signs_response() const { return detail::value<std::int32_t>(sb_exchange_signs_response, c()) != 0; }
    Answer respond(int status, Optional content_type, Optional body, std::uint64_t now_ms) {
        return detail::answer(sb_exchange_respond, exchange_.get(), static_cast<std::int32_t>(status),
                              detail::pointer(content_type), detail::length(content_type), detail::pointer(body),
                              detail::length(body), now_ms);
    }
    /// The handle, for a C function; this object keeps it.
    const sb_exchange *c() const noexcept { return exchange_.get(); }
    /// Takes over what a C function made.
    explicit Exchange(detail::Owned<sb_exchange> exchange) : exchange_(std::move(exchange)) {}

private:
    detail::Owned<sb_exchange> exchange_;
};

/// The server side. `settings`: see sb_gateway_new.
class Gateway {
public:
    Gateway(std::string_view settings, const SigningKey *signing_key, std::uint64_t now_ms)
        : gateway_(detail::handle<sb_gateway>(sb_gateway_new, detail::pointer(settings), settings.size(),
                                              signing_key ? signing_key->c() : nullptr, now_ms)) {}
    std::string jwks() const { return detail::bytes(sb_gateway_jwks, c()); }
    Exchange begin(const Head &head, std::uint64_t now_ms) const {
        return Exchange(detail::handle<sb_exchange>(
            sb_gateway_begin, c(), detail::pointer(head.method), head.method.size(), detail::pointer(head.target),
            head.target.size(), detail::pointer(head.authority), detail::length(head.authority),
            detail::pointer(head.peer), detail::length(head.peer), detail::pointer(head.fields), head.fields.size(),
            now_ms));
    }
    std::optional<std::string> keys_due(std::size_t source, std::uint64_t now_ms) const {
        return detail::optional(sb_gateway_keys_due, c(), source, now_ms);
    }
    void keys_put(std::size_t source, Optional jwks, std::uint64_t now_ms) const {
        detail::nothing(sb_gateway_keys_put, c(), source, detail::pointer(jwks), detail::length(jwks), now_ms);
    }
    void state_lost(std::uint64_t now_ms) const { detail::nothing(sb_gateway_state_lost, c(), now_ms); }
    std::string stats(std::uint64_t now_ms) const { return detail::bytes(sb_gateway_stats, c(), now_ms); }
    std::string snapshot(std::uint64_t now_ms) const { return detail::bytes(sb_gateway_snapshot, c(), now_ms); }
    void restore(std::string_view snapshot, std::uint64_t now_ms) const {
        detail::nothing(sb_gateway_restore, c(), detail::pointer(snapshot), snapshot.size(), now_ms);
    }
    /// The handle, for a C function; this object keeps it.
    const sb_gateway *c() const noexcept { return gateway_.get(); }

private:
    detail::Owned<sb_gateway> gateway_;
};

/// A response that was verified: its body, and what is known of it as JSON.
struct VerifiedResponse {
    std::string body, report;
};

/// A request that was signed, for the verification of its response.
class Call {
public:
    /// The field to send: its name and its value.
    std::pair<std::string, std::string> header() const { return detail::pair(sb_call_header, c()); }
    /// The body to send.
    std::optional<std::string> body() const { return detail::optional(sb_call_body, c()); }
    VerifiedResponse verify(int status, std::string_view fields, std::string_view body, std::uint64_t now_ms) const {
        auto verified = detail::pair(sb_call_verify, c(), static_cast<std::int32_t>(status), detail::pointer(fields),
                                     fields.size(), detail::pointer(body), body.size(), now_ms);
        return {std::move(verified.first), std::move(verified.second)};
    }
    /// The handle, for a C function; this object keeps it.
    const sb_call *c() const noexcept { return call_.get(); }
    /// Takes over what a C function made.
    explicit Call(detail::Owned<sb_call> call) : call_(std::move(call)) {}

private:
    detail::Owned<sb_call> call_;
};

/// The client side. `options`: see sb_client_new.
class Client {
public:
    explicit Client(const SigningKey &key, const Keyset *responses = nullptr, std::string_view options = {})
        : client_(detail::handle<sb_client>(sb_client_new, key.c(), responses ? responses->c() : nullptr,
                                            detail::pointer(options), options.size())) {}
    /// `nonce` is made where none is given.
    Call sign(std::string_view method, std::string_view url, std::string_view fields, Optional body,
              std::uint64_t now_ms, Optional nonce = {}) const {
        return Call(detail::handle<sb_call>(sb_client_sign, c(), detail::pointer(method), method.size(),
                                            detail::pointer(url), url.size(), detail::pointer(fields), fields.size(),
                                            detail::pointer(body), detail::length(body), detail::pointer(nonce),
                                            detail::length(nonce), now_ms));
    }
    /// The handle, for a C function; this object keeps it.
    const sb_client *c() const noexcept { return client_.get(); }

private:
    detail::Owned<sb_client> client_;
};

/// The normal form of an absolute http or https URL.
inline std::string normalize(std::string_view url) {
    return detail::bytes(sb_http_target_normalize, detail::pointer(url), url.size());
}
/// What the variables of an environment, a JSON object, ask for: see sb_http_settings.
inline std::string settings(std::string_view environment) {
    return detail::bytes(sb_http_settings, detail::pointer(environment), environment.size());
}
/// Whether an IP address is one that keys may be fetched from.
inline bool address_is_public(std::string_view address) {
    return detail::value<std::int32_t>(sb_http_address_is_public, detail::pointer(address), address.size()) != 0;
}
/// Whether a response with these fields, each empty where there is none, is not held back to be signed.
inline bool response_is_streamed(std::string_view content_type, std::string_view content_encoding) {
    return detail::value<std::int32_t>(sb_http_response_is_streamed, detail::pointer(content_type), content_type.size(),
                                       detail::pointer(content_encoding), content_encoding.size()) != 0;
}
/// Every check of a signed request, as JSON for people.
inline std::string explain(std::string_view settings, const Head &head, std::string_view body, std::uint64_t now_ms) {
    return detail::bytes(sb_http_request_explain, detail::pointer(settings), settings.size(),
                         detail::pointer(head.method), head.method.size(), detail::pointer(head.target),
                         head.target.size(), detail::pointer(head.authority), detail::length(head.authority),
                         detail::pointer(head.peer), detail::length(head.peer), detail::pointer(head.fields),
                         head.fields.size(), detail::pointer(body), body.size(), now_ms);
}

} // namespace http

} // namespace samebyte

#endif
