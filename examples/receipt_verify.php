<?php
// Verifies a receipt of version 0.1 with nothing but PHP and ext-sodium: php receipt_verify.php FILE PUBLIC_KEY_HEX
// Exit code 0: the holder of that key signed this receipt. 1: not so. The key inside the receipt is never trusted.
[, $file, $key] = $argv + [1 => '', 2 => ''];
$text = $file === '' ? false : file_get_contents($file);
$receipt = $text === false ? null : json_decode($text);
$grammar = ['version' => '0\.1', 'module_hash' => '(sha256:)?[0-9a-f]{64}', 'exit_code' => '0|[1-9][0-9]*',
    'wall_time_ms' => '0|[1-9][0-9]*', 'timestamp' => '0|[1-9][0-9]*', 'node_pubkey' => '[0-9a-f]{64}',
    'signature' => '[0-9a-f]{128}'];
$limit = ['exit_code' => 2 ** 32 - 1, 'wall_time_ms' => 2 ** 53 - 1, 'timestamp' => 2 ** 53 - 1];
$valid = $receipt instanceof stdClass && array_diff_key((array) $receipt, $grammar) === []
    // No member stands twice, in any spelling: PHP would silently take the last.
    && !str_contains($text, '\\') && preg_match_all('/"\s*:/', $text) === count($grammar);
foreach ($grammar as $name => $pattern) {
    $value = $receipt->$name ?? null;
    $typed = isset($limit[$name]) ? is_int($value) && $value <= $limit[$name] : is_string($value);
    $valid = $valid && $typed && preg_match("/^($pattern)$/D", (string) $value) === 1;
}
$valid = $valid && preg_match('/^[0-9a-f]{64}$/D', $key) === 1 && hash_equals($key, $receipt->node_pubkey)
    && sodium_crypto_sign_verify_detached(hex2bin($receipt->signature), hash('sha256', implode('|', [$receipt->version,
        $receipt->module_hash, $receipt->exit_code, $receipt->wall_time_ms, $receipt->timestamp]), true), hex2bin($key));
echo $valid ? "valid\n" : "invalid\n";
exit($valid ? 0 : 1);
