<?php

declare(strict_types=1);

namespace Samebyte\Tests;

/**
 * Signatures by implementations that are not ours: ext-sodium (EdDSA), hash_hmac (HS*), ext-openssl (ES*, RS*), and for PS*, which
 * ext-openssl does not have in every PHP, the command `openssl`.
 *
 * Keys are PEM files, for EdDSA and HS* the bytes that ext-sodium and hash_hmac take.
 */
final class Peer
{
    /** The curves as OpenSSL calls them, and the bytes of an integer of a signature. */
    public const CURVES = [
        'ES256K' => ['secp256k1', 32],
        'ES256' => ['prime256v1', 32],
        'ES384' => ['secp384r1', 48],
        'ES512' => ['secp521r1', 66],
    ];

    public const ALGORITHMS = [
        'EdDSA', 'ES256K', 'ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512',
        'HS256', 'HS384', 'HS512',
    ];

    /** @return array{string, string} the name of the peer, and its version */
    public static function of(string $algorithm): array
    {
        return match (substr($algorithm, 0, 2)) {
            'Ed' => ['ext-sodium', SODIUM_LIBRARY_VERSION],
            'HS' => ['ext-hash', PHP_VERSION],
            'PS' => ['openssl (command)', self::command(['version'])],
            default => ['ext-openssl', OPENSSL_VERSION_TEXT],
        };
    }

    /**
     * A key of the peer's own making.
     *
     * @return array{string, string} the private key and the public one
     */
    public static function keys(string $algorithm): array
    {
        if ($algorithm === 'EdDSA') {
            $pair = sodium_crypto_sign_keypair();
            return [sodium_crypto_sign_secretkey($pair), sodium_crypto_sign_publickey($pair)];
        }
        if (str_starts_with($algorithm, 'HS')) {
            $secret = random_bytes(64);
            return [$secret, $secret];
        }
        return self::pems(self::key($algorithm));
    }

    /** A key of OpenSSL for this algorithm. */
    public static function key(string $algorithm): \OpenSSLAsymmetricKey
    {
        return openssl_pkey_new(
            isset(self::CURVES[$algorithm])
                ? ['private_key_type' => OPENSSL_KEYTYPE_EC, 'curve_name' => self::CURVES[$algorithm][0]]
                : ['private_key_type' => OPENSSL_KEYTYPE_RSA, 'private_key_bits' => 2048],
        );
    }

    /** @return array{string, string} the private key and the public one as PEM files */
    public static function pems(\OpenSSLAsymmetricKey $key): array
    {
        openssl_pkey_export($key, $pem);
        return [$pem, openssl_pkey_get_details($key)['key']];
    }

    public static function sign(string $algorithm, string $private, string $message): string
    {
        $hash = 'sha' . substr($algorithm, 2, 3);
        switch (substr($algorithm, 0, 2)) {
            case 'Ed':
                return sodium_crypto_sign_detached($message, $private);
            case 'HS':
                return hash_hmac($hash, $message, $private, true);
            case 'PS':
                return self::command([...self::pss($hash), '-sign', self::file($private), self::file($message)]);
        }
        openssl_sign($message, $signature, $private, $hash);
        return isset(self::CURVES[$algorithm]) ? self::fixed($signature, self::CURVES[$algorithm][1]) : $signature;
    }

    public static function verifies(string $algorithm, string $public, string $message, string $signature): bool
    {
        $hash = 'sha' . substr($algorithm, 2, 3);
        switch (substr($algorithm, 0, 2)) {
            case 'Ed':
                return sodium_crypto_sign_verify_detached($signature, $message, $public);
            case 'HS':
                return hash_equals(hash_hmac($hash, $message, $public, true), $signature);
            case 'PS':
                $files = ['-verify', self::file($public), '-signature', self::file($signature), self::file($message)];
                return self::command([...self::pss($hash), ...$files]) === 'Verified OK';
        }
        $signature = isset(self::CURVES[$algorithm]) ? self::der($signature) : $signature;
        return openssl_verify($message, $signature, $public, $hash) === 1;
    }

    /** The two integers of a signature of fixed width, as DER. */
    public static function der(string $signature): string
    {
        $integers = '';
        foreach (str_split($signature, intdiv(strlen($signature), 2)) as $bytes) {
            $bytes = ltrim($bytes, "\0");
            $bytes = ord($bytes[0]) > 127 ? "\0$bytes" : $bytes;
            $integers .= "\x02" . chr(strlen($bytes)) . $bytes;
        }
        return "\x30" . (strlen($integers) > 127 ? "\x81" : '') . chr(strlen($integers)) . $integers;
    }

    /** The two integers of a signature in DER, in fixed width. */
    public static function fixed(string $der, int $width): string
    {
        $fixed = '';
        // A length of 128 and more has a byte in front that says so.
        for ($at = ord($der[1]) > 127 ? 3 : 2; $at < strlen($der); $at += 2 + $length) {
            $length = ord($der[$at + 1]);
            $fixed .= str_pad(ltrim(substr($der, $at + 2, $length), "\0"), $width, "\0", STR_PAD_LEFT);
        }
        return $fixed;
    }

    /** @return list<string> */
    private static function pss(string $hash): array
    {
        $options = ['rsa_padding_mode:pss', 'rsa_pss_saltlen:digest', "rsa_mgf1_md:$hash"];
        return ['dgst', "-$hash", ...array_merge(...array_map(fn (string $option): array => ['-sigopt', $option], $options))];
    }

    /** What `openssl` prints; what it has to say against a signature is on standard output too. */
    private static function command(array $arguments): string
    {
        $process = proc_open(['openssl', ...$arguments], [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes);
        $output = stream_get_contents($pipes[1]);
        $errors = stream_get_contents($pipes[2]);
        proc_close($process);
        if ($output === '') {
            throw new \RuntimeException("openssl: $errors");
        }
        // A signature is bytes, and may end with a line feed.
        return in_array('-sign', $arguments, true) ? $output : rtrim($output, "\n");
    }

    /** A file that is gone with this process. */
    private static function file(string $content): string
    {
        static $files = [];
        $files[] = $file = tmpfile();
        fwrite($file, $content);
        return stream_get_meta_data($file)['uri'];
    }
}
