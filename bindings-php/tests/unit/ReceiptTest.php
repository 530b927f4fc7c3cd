<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\PublicKey;
use Samebyte\Receipt;
use Samebyte\SigningKey;
use Samebyte\Tests\Child;
use Samebyte\Tests\Refusal;

final class ReceiptTest extends TestCase
{
    private const RECEIPT = [
        'version' => '0.1', 'module_hash' => 'sha256:00000000000000000000000000000000000000000000000000000000000000ff',
        'exit_code' => 0, 'wall_time_ms' => 125, 'timestamp' => 1700000000,
    ];
    private const CANONICAL = '0.1|sha256:00000000000000000000000000000000000000000000000000000000000000ff|0|125|1700000000';

    public function testSodiumVerifiesWhatIsSigned(): void
    {
        $key = SigningKey::generate('EdDSA');
        $receipt = json_decode(Receipt::sign(self::RECEIPT, $key));
        $this->assertSame($key->publicKey()->toHex(), $receipt->node_pubkey);
        $this->assertTrue(sodium_crypto_sign_verify_detached(
            hex2bin($receipt->signature),
            hash('sha256', self::CANONICAL, true),
            hex2bin($key->publicKey()->toHex()),
        ));
        $this->assertSame(self::CANONICAL, Receipt::canonicalRepresentation($receipt));
    }

    public function testWhatSodiumSignsIsVerified(): void
    {
        $pair = sodium_crypto_sign_keypair();
        $public = bin2hex(sodium_crypto_sign_publickey($pair));
        $receipt = self::RECEIPT + [
            'node_pubkey' => $public,
            'signature' => bin2hex(sodium_crypto_sign_detached(
                hash('sha256', self::CANONICAL, true),
                sodium_crypto_sign_secretkey($pair),
            )),
        ];
        $verified = Receipt::verify($receipt, PublicKey::fromHex('EdDSA', $public));
        $this->assertSame(
            [self::RECEIPT['module_hash'], 0, 125, 1700000000, $public],
            [$verified->moduleHash, $verified->exitCode, $verified->wallTimeMs, $verified->timestamp, $verified->nodePubkey],
        );
        $this->assertSame($receipt, array_replace($receipt, json_decode($verified->canonical, true)));

        $receipt['exit_code'] = 1;
        $error = Refusal::of(fn () => Receipt::verify($receipt, PublicKey::fromHex('EdDSA', $public)));
        $this->assertSame('signature_invalid', $error->code()->value);
        $stranger = SigningKey::generate('EdDSA')->publicKey();
        $this->assertSame('key_mismatch', Refusal::of(fn () => Receipt::verify($receipt, $stranger))->code()->value);
    }

    /** The plain script, with no samebyte in it, says of every receipt what samebyte says. */
    public function testThePlainScriptAgrees(): void
    {
        $key = SigningKey::generate('EdDSA');
        $public = $key->publicKey()->toHex();
        $good = Receipt::sign(self::RECEIPT, $key);
        $large = Receipt::sign(['exit_code' => 4294967295, 'wall_time_ms' => 9007199254740991] + self::RECEIPT, $key);
        $bare = Receipt::sign(['module_hash' => str_repeat('a', 64)] + self::RECEIPT, $key);
        foreach ([$good, $large, $bare, json_encode(json_decode($good), JSON_PRETTY_PRINT)] as $receipt) {
            $this->assertSame([0, "valid\n"], $this->script($receipt, $public));
            $this->assertSame($public, Receipt::verify($receipt, $key->publicKey())->nodePubkey);
        }
        $signature = json_decode($good)->signature;
        $flipped = ($signature[0] === '0' ? '1' : '0') . substr($signature, 1);
        $tampered = [
            'another exit code' => str_replace('"exit_code":0', '"exit_code":1', $good),
            'another time' => str_replace('1700000000', '1700000001', $good),
            'another duration' => str_replace('"wall_time_ms":125', '"wall_time_ms":126', $good),
            'another module' => str_replace('00ff', '00fe', $good),
            'no prefix of the module' => str_replace('sha256:', '', $good),
            'another version' => str_replace('"0.1"', '"0.2"', $good),
            'another signature' => str_replace($signature, $flipped, $good),
            'a signature cut short' => str_replace($signature, substr($signature, 2), $good),
            'upper-case hex' => str_replace($signature, strtoupper($signature), $good),
            'a number as text' => str_replace('"exit_code":0', '"exit_code":"0"', $good),
            'a fraction' => str_replace('"wall_time_ms":125', '"wall_time_ms":125.5', $good),
            'a negative number' => str_replace('"exit_code":0', '"exit_code":-1', $good),
            'too large an exit code' => str_replace('"exit_code":0', '"exit_code":4294967296', $good),
            'too large a time' => str_replace('1700000000', '9007199254740992', $good),
            'a separator in the hash' => str_replace('sha256:', 'sha256:|', $good),
            'a member more' => str_replace('{', '{"note":1,', $good),
            'a member less' => str_replace('"exit_code":0,', '', $good),
            'a member twice' => str_replace('{', '{"exit_code":1,', $good),
            'a member twice, escaped' => str_replace('{', '{"\u0065xit_code":1,', $good),
            'null' => str_replace('"exit_code":0', '"exit_code":null', $good),
            'a line end in the hash' => str_replace('00ff"', '00ff\n"', $good),
            'an array' => "[$good]",
            'no JSON' => substr($good, 1),
            'nothing' => '',
        ];
        foreach ($tampered as $what => $receipt) {
            $this->assertNotSame($good, $receipt);
            $this->assertSame([1, "invalid\n"], $this->script($receipt, $public), $what);
            Refusal::of(fn () => Receipt::verify($receipt, $key->publicKey()));
        }
        $stranger = SigningKey::generate('EdDSA')->publicKey()->toHex();
        $this->assertSame([1, "invalid\n"], $this->script($good, $stranger));
        $this->assertSame([1, "invalid\n"], $this->script($good, strtoupper($public)));
        $this->assertSame([1, "invalid\n"], $this->script($good, ''));
    }

    /** @return array{int, string} exit code and output */
    private function script(string $receipt, string $public): array
    {
        $file = tempnam(sys_get_temp_dir(), 'receipt');
        file_put_contents($file, $receipt);
        try {
            [$status, $output] = Child::run(['-d', 'ffi.enable=false', Child::root() . '/examples/receipt_verify.php', $file, $public]);
            return [$status, $output];
        } finally {
            unlink($file);
        }
    }
}
