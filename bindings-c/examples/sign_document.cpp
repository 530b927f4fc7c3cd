// Two people sign a document; a verifier that wants both of them reads it. C++17.
#include <samebyte.hpp>

#include <iostream>

int main() {
    const std::string type = "application/vnd.example.contract+json";
    const auto alice = samebyte::SigningKey::generate("EdDSA");
    const auto bob = samebyte::SigningKey::generate("ES256K");
    const auto alice_public = alice.public_key(), bob_public = bob.public_key();
    const samebyte::Verifier both({&alice_public, &bob_public}, R"({"threshold": 2})");

    const std::string draft = samebyte::document::sign(R"({"price": 1e2, "parties": ["alice", "bob"]})", alice, type);
    try {
        samebyte::document::verify(draft, both, type);
        return 1;
    } catch (const samebyte::Error &error) {
        std::cout << "one signature: " << error.name() << " " << error.detail() << "\n";
    }
    const std::string contract = samebyte::document::sign(draft, bob, type);
    std::cout << "both:          " << samebyte::document::verify(contract, both, type) << "\n";
}
