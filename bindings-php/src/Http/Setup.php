<?php

declare(strict_types=1);

namespace Samebyte\Http;

use Samebyte\Code;
use Samebyte\Exception\SamebyteError;
use Samebyte\Json;
use Samebyte\Native;
use Samebyte\SigningKey;

/** A gateway and what it needs, as the variables of the environment ask for. */
final class Setup
{
    /**
     * @param ?ReplayStore $store null where no request is ever verified
     * @param int $bodyTimeoutMs how long a body may take to arrive
     */
    public function __construct(
        public readonly Gateway $gateway,
        public readonly ?ReplayStore $store,
        public readonly ?KeyFetcher $keys = null,
        public readonly int $bodyTimeoutMs = 10_000,
    ) {
    }

    /**
     * Reads `SIGNATURE_MODE`, `TRUSTED_KEYS`, `PUBLIC_ORIGINS`, `REPLAY_STORE` and the others. Variables that are not ours are
     * passed over.
     *
     * @param ?array<string, string> $environment that of the process where nothing is said
     * @param ?string $directory for what has to outlive a request; one of this user's own among the temporary files where
     *     nothing is said
     * @throws SamebyteError `settings_invalid` for an unknown value or a contradiction; the codes of keys
     */
    public static function fromEnvironment(
        #[\SensitiveParameter] ?array $environment = null,
        ?string $directory = null,
    ): self {
        // Under php-fpm the fields of the request, which a client chooses, are variables too.
        $isOurs = static fn (string $value, int|string $name): bool
            => !str_starts_with((string) $name, 'HTTP_') && preg_match('//u', "$name=$value") === 1;
        $environment = array_filter($environment ?? getenv(), $isOurs, ARRAY_FILTER_USE_BOTH);
        $text = json_encode((object) $environment, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
        $plan = json_decode(Native::bytes('sb_http_settings', $text), false, 512, JSON_THROW_ON_ERROR);
        $jwks = $plan->jwks;
        $trust = self::trust($plan->trust);
        // The core judges the keys by the text that was given: PHP's reader takes the last of two members of one name.
        $text = Json::text($plan->settings);
        $settings = $trust === null ? $text : substr($text, 0, -1) . ($text === '{}' ? '' : ',') . "\"trust\":$trust}";
        $off = ($plan->settings->mode ?? 'required') === 'off' && ($plan->settings->routes ?? []) === [];
        return new self(
            new Gateway($settings, self::signingKey($plan->signing_key)),
            $off ? null : self::store($plan->replay, $plan->settings, $directory),
            self::fetches($trust)
                ? new KeyFetcher($jwks->max_bytes, $jwks->timeout_ms, $jwks->private_addresses, $directory)
                : null,
            $plan->body_timeout_ms,
        );
    }

    /** The trusted keys as one JSON text. */
    private static function trust(?\stdClass $place): ?string
    {
        if ($place === null) {
            return null;
        }
        if (isset($place->url)) {
            return Json::text([(object) ['jwks_uri' => $place->url]]);
        }
        $text = $place->inline ?? self::file($place->file, 'TRUSTED_KEYS');
        // One value, and so nothing beside it becomes a part of the settings.
        return json_decode($text) === null ? throw self::invalid('TRUSTED_KEYS', 'the trusted keys are not JSON') : $text;
    }

    /** Whether there are keys to be fetched. */
    private static function fetches(?string $trust): bool
    {
        $sources = json_decode($trust ?? '[]');
        return array_filter(is_array($sources) ? $sources : [], fn (mixed $source): bool => isset($source->jwks_uri)) !== [];
    }

    private static function store(\stdClass $replay, \stdClass $settings, ?string $directory): ReplayStore
    {
        return match ($replay->kind) {
            'sqlite' => new SqliteStore($replay->target, $replay->timeout_ms, $settings->replay_cap ?? 1_000_000),
            'redis' => new RedisStore(
                $replay->target,
                $replay->timeout_ms,
                allowEviction: $replay->allow_eviction,
                directory: $directory,
            ),
            default => throw self::invalid(
                'REPLAY_STORE',
                'PHP forgets its memory after each request: name a store, for example sqlite:/var/lib/gateway/nonces.db',
            ),
        };
    }

    private static function signingKey(?\stdClass $place): ?SigningKey
    {
        if ($place === null) {
            return null;
        }
        $text = trim($place->inline ?? self::file($place->file, 'SIGNING_KEY'));
        return str_starts_with($text, '{') ? SigningKey::fromJwk($text) : SigningKey::fromPem($text);
    }

    private static function file(string $path, string $setting): string
    {
        $text = @file_get_contents($path);
        return $text === false ? throw self::invalid($setting, "$path cannot be read") : $text;
    }

    private static function invalid(string $setting, string $message): SamebyteError
    {
        return SamebyteError::of(Code::SettingsInvalid, $message, ['setting' => $setting]);
    }
}
