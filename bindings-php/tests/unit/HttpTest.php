<?php

declare(strict_types=1);

use Nyholm\Psr7\Request;
use Nyholm\Psr7\Response;
use Nyholm\Psr7\Stream;
use PHPUnit\Framework\TestCase;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Samebyte\Code;
use Samebyte\Http\Client;
use Samebyte\Http\Gateway;
use Samebyte\Http\Identity;
use Samebyte\Http\Psr\ClientError;
use Samebyte\Http\Psr\GuzzleSigning;
use Samebyte\Http\Psr\SigningClient;
use Samebyte\Http\ReplayStore;
use Samebyte\Http\Setup;
use Samebyte\Http\SqliteStore;
use Samebyte\Http\Step;
use Samebyte\Http\Verdict;
use Samebyte\Keyset;
use Samebyte\SigningKey;
use Samebyte\Tests\Peer;
use Samebyte\Tests\Proof;
use Samebyte\Tests\Psr;
use Samebyte\Tests\Refusal;
use Samebyte\Tests\Scratch;

require_once dirname(__DIR__) . '/Psr.php';

final class HttpTest extends TestCase
{
    private const URL = 'https://gw.example/rpc?a=1';

    public function testARequestAndItsResponse(): void
    {
        [$key, $own] = [SigningKey::generate('EdDSA', kid: 'alice'), SigningKey::generate('ES256')];
        $app = $this->app($key, ['sign_responses' => 'on'], $own);
        $client = $this->client($app, $key, $own);
        $response = $client->sendRequest($this->request('{"b": 1e2, "a": "\u00e9"}'));
        $this->assertSame(200, $response->getStatusCode());
        $this->assertSame('{"kid":"alice","sum":3}', (string) $response->getBody());
        $known = $client->verified($response);
        $this->assertTrue($known->signed && $known->bound && $known->kid === $own->kid());
        [$handled] = $app->handled;
        $this->assertSame("{\"a\":\"\u{e9}\",\"b\":100}", (string) $handled->getBody());
        $this->assertSame((string) strlen((string) $handled->getBody()), $handled->getHeaderLine('Content-Length'));
        $identity = $handled->getAttribute(Identity::class);
        $this->assertSame(['acme', 'alice', 'EdDSA', 'https://gw.example'], [$identity->tenant, $identity->kid, $identity->algorithm, $identity->audience]);
        $this->assertSame(['accepted', '/rpc'], [$app->events[0]['outcome'], $app->events[0]['path']]);
    }

    /** The scenarios that the issue was written for. */
    public function testRefusals(): void
    {
        $key = SigningKey::generate('EdDSA');
        $own = SigningKey::generate('EdDSA');
        $app = $this->app($key, ['sign_responses' => 'on'], $own);
        $refused = function (?ResponseInterface $response, int $status, string $code) use ($app): void {
            $this->assertSame([$status, $code], [$response->getStatusCode(), $response->getHeaderLine('X-Signature-Error')]);
            $this->assertSame('application/problem+json', $response->getHeaderLine('Content-Type'));
            $this->assertSame($code, json_decode((string) $response->getBody())->error);
            $this->assertSame([], $app->handled);
        };
        // Unsigned, by an unknown key, and changed on the way.
        $refused($app->sendRequest($this->request('{}')), 401, 'signature_missing');
        $stranger = $this->client($app, SigningKey::generate('EdDSA'), $own);
        $refused($stranger->sendRequest($this->request('{}')), 401, 'signature_unknown');
        $app->before = fn (ServerRequestInterface $request): ServerRequestInterface => $request->withBody(Stream::create('{"a":2}'));
        $refused($this->signed($app, $key, '{"a":1}', 'n'), 401, 'signature_invalid');
        $app->before = fn (ServerRequestInterface $request): ServerRequestInterface => $request->withBody(Stream::create(str_repeat(' ', 2_000_000)));
        $refused($this->signed($app, $key, '{"a":1}', 'n'), 413, 'body_too_large');
        $app->before = fn (ServerRequestInterface $request): ServerRequestInterface => $request->withUri($request->getUri()->withPath('/admin'));
        $refused($this->signed($app, $key, '{"a":1}', 'n'), 401, 'signature_binding_mismatch');
        $app->before = fn (ServerRequestInterface $request): ServerRequestInterface => $request->withHeader('X-HTTP-Method-Override', 'GET');
        $refused($this->signed($app, $key, '{"a":1}', 'n'), 401, 'signature_binding_mismatch');

        // The same nonce within the window.
        $app->before = null;
        $again = fn (): ResponseInterface => $this->signed($app, $key, '{"a":1}', 'abc123');
        $this->assertSame(200, $again()->getStatusCode());
        $app->handled = [];
        $refused($again(), 409, 'replay_detected');
    }

    public function testModes(): void
    {
        $key = SigningKey::generate('EdDSA');
        $routes = [['path' => '/off', 'mode' => 'off'], ['path' => '/watch/*', 'mode' => 'observe'], ['path' => '/maybe', 'mode' => 'optional']];
        $app = $this->app($key, ['routes' => $routes]);
        $send = function (string $path, bool $signed = false, ?string $nonce = null) use ($app, $key): array {
            [$app->handled, $app->events] = [[], []];
            $response = $signed
                ? $this->signed($app, $key, '{"x":1}', $nonce ?? bin2hex(random_bytes(8)), $path)
                : $app->sendRequest($this->request('{ "x" : 1 }', "https://gw.example$path"));
            $body = $app->handled === [] ? null : (string) $app->handled[0]->getBody();
            return [$response->getStatusCode(), $body, $app->handled === [] ? null : $app->handled[0]->getAttribute(Identity::class)?->kid, $app->events[0]['code'] ?? null];
        };
        $this->assertSame([200, '{ "x" : 1 }', null, null], $send('/off'));
        $this->assertSame([200, '{ "x" : 1 }', null, 'signature_missing'], $send('/watch/a'));
        $this->assertSame([200, '{ "x" : 1 }', null, 'signature_missing'], $send('/maybe'));
        $this->assertSame([401, null, null, 'signature_missing'], $send('/rpc'));
        $this->assertSame([200, '{"x":1}', $key->kid(), null], $send('/maybe', true));
        $this->assertSame([200, '{"x":1}', $key->kid(), null], $send('/rpc', true, 'once'));
        // What is only observed is noted elsewhere, and refused nowhere.
        $send('/watch/a', true, 'twice');
        $this->assertSame([200, 'replay_detected'], [$send('/watch/a', true, 'twice')[0], $app->events[0]['code']]);
        $this->assertSame([200, '{"x":1}', $key->kid(), null], $send('/rpc', true, 'twice'));
        // A signature that is broken is not one that is missing.
        $app->before = fn (ServerRequestInterface $request): ServerRequestInterface => $request->withHeader('X-Signature', 'x');
        $this->assertSame([400, null, null, 'signature_malformed'], $send('/maybe'));
        // A body that is too large passes where it is only observed, and all of it.
        $long = '"' . str_repeat('x', 1_100_000) . '"';
        $app->before = fn (ServerRequestInterface $request): ServerRequestInterface => $request->withBody(Stream::create($long));
        $this->assertSame([200, $long, null, 'body_too_large'], $send('/watch/a', true));
        // The same where it can be read once only.
        foreach ([$long, '{"x":1}'] as $body) {
            $app->before = function (ServerRequestInterface $request) use ($body): ServerRequestInterface {
                $pipe = popen('cat ' . escapeshellarg($this->file($body)), 'r');
                return $request->withBody(Stream::create($pipe));
            };
            $this->assertSame([200, $body], array_slice($send('/watch/a', true), 0, 2));
        }
        $this->assertSame([200, '{"x":1}', $key->kid(), null], $send('/rpc', true));
    }

    public function testABodyThatIsSlow(): void
    {
        $key = SigningKey::generate('EdDSA');
        $this->needsPsr();
        foreach ([408 => 'required', 200 => 'observe'] as $status => $mode) {
            $setup = new Setup(new Gateway($this->settings($key, ['mode' => $mode])), $this->store(), bodyTimeoutMs: 100);
            $app = $this->around($setup);
            $app->before = fn (ServerRequestInterface $request): ServerRequestInterface =>
                $request->withBody(Stream::create(popen('printf {; sleep 0.3; printf }', 'r')));
            $response = $this->signed($app, $key, '{}', 'n');
            $this->assertSame([$status, 'body_timeout'], [$response->getStatusCode(), $app->events[0]['code']]);
            $this->assertSame($status === 200 ? '{}' : null, ($app->handled[0] ?? null)?->getBody()->__toString());
        }
    }

    public function testTheClientRefuses(): void
    {
        $key = SigningKey::generate('EdDSA');
        $own = SigningKey::generate('EdDSA');
        $app = $this->app($key, ['sign_responses' => 'on'], $own);
        $client = $this->client($app, $key, $own);
        $code = function (Closure $after) use ($app, $client): string {
            $app->after = $after;
            try {
                $client->sendRequest($this->request('{}'));
            } catch (ClientError $error) {
                return $error->error->code()->value;
            }
            return 'verified';
        };
        $earlier = null;
        $this->assertSame('verified', $code(function (ResponseInterface $response) use (&$earlier) {
            return $earlier = $response;
        }));
        $this->assertSame('signature_binding_mismatch', $code(fn () => $earlier), 'the answer to another request');
        $this->assertSame('signature_missing', $code(fn ($response) => $response->withoutHeader('X-Signature')));
        $this->assertSame('signature_binding_mismatch', $code(fn ($response) => $response->withStatus(201)));
        $this->assertSame('signature_invalid', $code(fn ($response) => $response->withBody(Stream::create('{"sum":4}'))));
        $this->assertSame('verified', $code(fn ($response) => $response->withBody(Stream::create(' ' . $response->getBody()))));
        $other = $this->client($app, $key, SigningKey::generate('EdDSA'));
        $app->after = null;
        $this->assertSame('signature_unknown', $this->error(fn () => $other->sendRequest($this->request('{}')))->error->code()->value);
        $this->assertSame('invalid_argument', $this->error(fn () => $client->sendRequest($this->request('{}', '/rpc')))->error->code()->value);
        $this->assertSame('body_not_canonicalizable', $this->error(fn () => $client->sendRequest($this->request('{"a":1,"a":2}')))->error->code()->value);
        $lax = new SigningClient($app, new Client($key), $app->factory);
        $this->assertSame(200, $lax->sendRequest($this->request('{}'))->getStatusCode());
    }

    public function testResponsesOfAllKinds(): void
    {
        $key = SigningKey::generate('EdDSA');
        $own = SigningKey::generate('EdDSA');
        $make = null;
        $app = $this->app($key, ['sign_responses' => 'on'], $own, function (ServerRequestInterface $request) use (&$make): ResponseInterface {
            return $make($request);
        });
        $client = $this->client($app, $key, $own);
        $demanding = $this->client($app, $key, $own, demandSignature: true);
        $json = ['Content-Type' => 'application/json'];
        foreach (
            [
                [new Response(200, $json, '{"b":1.0,"a":2}'), '{"a":2,"b":1}'],
                [new Response(404, ['Content-Type' => 'text/html'], '<p>'), '<p>'],
                [new Response(204), ''],
                [new Response(200, $json + ['Content-Length' => '5'], '[1.0]'), '[1]'],
            ] as [$response, $body]
        ) {
            $make = fn () => $response;
            $received = $demanding->sendRequest($this->request('{}'));
            $this->assertSame([$response->getStatusCode(), $body], [$received->getStatusCode(), (string) $received->getBody()]);
            $this->assertTrue(in_array($received->getHeaderLine('Content-Length'), ['', (string) strlen($body)], true));
        }
        $make = fn () => new Response(200, $json);
        $this->assertSame(200, $client->sendRequest(new Request('HEAD', self::URL))->getStatusCode());
        foreach (
            [
                new Response(200, ['Content-Type' => 'Text/Event-Stream ;charset=utf-8'], "data: 1\n\n"),
                new Response(200, $json + ['Content-Encoding' => 'gzip'], 'x'),
                new Response(200, $json, '{"a":1,"a":2}'),
                new Response(200, [], 'no type'),
            ] as $response
        ) {
            $make = fn () => $response;
            $received = $demanding->sendRequest($this->request('{}'));
            $this->assertSame([501, 'response_not_signable'], [$received->getStatusCode(), $received->getHeaderLine('X-Signature-Error')]);
            $this->assertTrue($demanding->verified($received)->signed);
            $this->assertSame('signature_missing', $this->error(fn () => $client->sendRequest($this->request('{}')))->error->code()->value);
        }
    }

    public function testBodiesThatWereParsedBefore(): void
    {
        $key = SigningKey::generate('EdDSA');
        $app = $this->app($key);
        $app->before = fn (ServerRequestInterface $request): ServerRequestInterface => $request->withParsedBody(['injected' => true]);
        $this->signed($app, $key, '{"x":[1]}', 'n');
        $this->assertSame(['x' => [1]], $app->handled[0]->getParsedBody());
    }

    public function testJwksRoute(): void
    {
        $own = SigningKey::generate('ES256');
        $app = $this->app(SigningKey::generate('EdDSA'), ['sign_responses' => 'on'], $own);
        $get = fn (array $headers = []): ResponseInterface => $app->sendRequest(new Request('GET', 'https://gw.example/.well-known/jwks.json', $headers));
        $response = $get();
        $this->assertSame([200, 'application/jwk-set+json'], [$response->getStatusCode(), $response->getHeaderLine('Content-Type')]);
        $jwk = json_decode((string) $response->getBody(), true)['keys'][0];
        $this->assertSame($own->kid(), $jwk['kid']);
        $this->assertTrue(!isset($jwk['d']) && !isset($jwk['k']));
        $this->assertSame(304, $get(['If-None-Match' => $response->getHeaderLine('ETag')])->getStatusCode());
        // Without a key to publish the route is the application's.
        $none = $this->app(SigningKey::generate('EdDSA'));
        $this->assertSame(401, $none->sendRequest(new Request('GET', 'https://gw.example/.well-known/jwks.json'))->getStatusCode());
    }

    public function testStoresThatFail(): void
    {
        $key = SigningKey::generate('EdDSA');
        $store = new class implements ReplayStore {
            public Verdict $verdict = Verdict::New;
            public ?int $lost = 0;

            public function reserve(string $key, string $owner, int $ttlMs): Verdict
            {
                return $this->verdict;
            }

            public function lostAt(): ?int
            {
                return $this->lost;
            }
        };
        $settings = $this->settings($key);
        foreach (['Full' => 'replay_store_full', 'Cold' => 'replay_state_cold', 'Unavailable' => 'replay_store_unavailable'] as $verdict => $code) {
            $store->verdict = constant(Verdict::class . "::$verdict");
            $app = $this->around(new Setup(new Gateway($settings), $store));
            $response = $this->signed($app, $key, '{}', 'n');
            $this->assertSame([503, $code, 0], [$response->getStatusCode(), $response->getHeaderLine('X-Signature-Error'), count($app->handled)]);
            $this->assertNotSame('', $response->getHeaderLine('Retry-After'));
        }
        // Another request noticed that the state was lost, before this one reserved its nonce in the new one.
        [$store->verdict, $store->lost] = [Verdict::New, time() * 1000];
        $app = $this->around(new Setup(new Gateway($settings), $store));
        $this->assertSame('replay_state_cold', $this->signed($app, $key, '{}', 'n')->getHeaderLine('X-Signature-Error'));
        $store->lost = null;
        $app = $this->around(new Setup(new Gateway($settings), $store));
        $this->assertSame('replay_store_unavailable', $this->signed($app, $key, '{}', 'n')->getHeaderLine('X-Signature-Error'));
        $store->lost = 0;
        $this->assertSame(200, $this->signed($this->around(new Setup(new Gateway($settings), $store)), $key, '{}', 'n')->getStatusCode());
        // The first contact with a server that is not there.
        $dead = new Samebyte\Http\RedisStore('redis://127.0.0.1:1', directory: Scratch::folder());
        $app = $this->around(new Setup(new Gateway($settings), $dead));
        $this->assertSame('replay_store_unavailable', $this->signed($app, $key, '{}', 'n')->getHeaderLine('X-Signature-Error'));
        $app = $this->around(new Setup(new Gateway($settings), null));
        $this->assertSame('replay_store_unavailable', $this->signed($app, $key, '{}', 'n')->getHeaderLine('X-Signature-Error'));
    }

    /** Header and canonical body are all that another implementation needs. */
    public function testOtherImplementationsVerify(): void
    {
        foreach (['EdDSA', 'ES256', 'ES384'] as $algorithm) {
            [$key, $own] = [SigningKey::generate($algorithm), SigningKey::generate($algorithm)];
            $app = $this->app($key, ['sign_responses' => 'on'], $own);
            $request = $response = null;
            $app->before = function (ServerRequestInterface $received) use (&$request): ServerRequestInterface {
                return $request = $received;
            };
            $app->after = function (ResponseInterface $sent) use (&$response): ResponseInterface {
                return $response = $sent;
            };
            $this->client($app, $key, $own)->sendRequest($this->request('{"b": 1e2, "a": 2}'));
            $this->assertSame('{"a":2,"b":100}', (string) $request->getBody());
            $header = $this->verifiedByPeer($algorithm, $key, $request->getHeaderLine('X-Signature'), (string) $request->getBody());
            $this->assertSame(['samebyte-req+jws', 'POST', self::URL], [$header['typ'], $header['htm'], $header['htu']]);
            $answer = $this->verifiedByPeer($algorithm, $own, $response->getHeaderLine('X-Signature'), (string) $response->getBody());
            $this->assertSame(['samebyte-res+jws', 200, $header['nonce']], [$answer['typ'], $answer['sts'], $answer['nonce']]);
            $input = explode('.', $request->getHeaderLine('X-Signature'))[0] . '.' . self::encode((string) $request->getBody());
            $this->assertSame(self::encode(hash('sha256', $input, true)), $answer['rqh']);
            // And the other way round: what ext-sodium or ext-openssl signed is accepted.
            [$private, $public] = Peer::keys($algorithm);
            $peer = $algorithm === 'EdDSA' ? Samebyte\PublicKey::fromHex('EdDSA', bin2hex($public)) : Samebyte\PublicKey::fromPem($public);
            $app = $this->around(new Setup(new Gateway($this->settings($peer)), $this->store()));
            $now = time() + 10;
            $members = [
                'alg' => $algorithm, 'aud' => 'https://gw.example', 'can' => 'jcs', 'crit' => ['aud', 'can', 'exp', 'htm', 'htu', 'iat', 'nonce'],
                'cty' => 'application/json', 'exp' => $now + 30, 'htm' => 'POST', 'htu' => self::URL, 'iat' => $now - 6, 'kid' => $peer->kid(),
                'nonce' => bin2hex(random_bytes(16)), 'typ' => 'samebyte-req+jws',
            ];
            $protected = self::encode(json_encode($members, JSON_UNESCAPED_SLASHES));
            $signature = self::encode(Peer::sign($algorithm, $private, "$protected." . self::encode('{"a":1}')));
            $sent = $this->request("{ \"a\": 1.0 }\n")->withHeader('X-Signature', "$protected..$signature");
            $this->assertSame(200, $app->sendRequest($sent)->getStatusCode(), json_encode($app->events));
            foreach (['request', 'response'] as $what) {
                Proof::of('http', $algorithm, "signed $what", Peer::of($algorithm), true, $what === 'request' ? true : null);
            }
        }
        Proof::write('http');
    }

    public function testGuzzle(): void
    {
        if (!class_exists(GuzzleHttp\Client::class)) {
            $this->markTestSkipped('php-guzzlehttp-guzzle is not installed');
        }
        [$key, $own] = [SigningKey::generate('EdDSA'), SigningKey::generate('EdDSA')];
        $app = $this->app($key, ['sign_responses' => 'on'], $own);
        $stack = GuzzleHttp\HandlerStack::create(fn ($request) => GuzzleHttp\Promise\Create::promiseFor($app->sendRequest($request)));
        $signing = new GuzzleSigning(new Client($key, Keyset::of([$own->publicKey()])), $app->factory);
        $stack->push($signing);
        $guzzle = new GuzzleHttp\Client(['handler' => $stack]);
        $response = $guzzle->post(self::URL, ['json' => ['b' => 1, 'a' => 2]]);
        $this->assertSame('{"a":2,"b":1}', (string) $app->handled[0]->getBody());
        $this->assertTrue($signing->verified($response)->bound);
        $app->after = fn ($response) => $response->withoutHeader('X-Signature');
        $this->assertSame('signature_missing', $this->error(fn () => $guzzle->post(self::URL, ['json' => []]))->error->code()->value);
    }

    public function testFieldsThatWouldBeOthers(): void
    {
        $gateway = new Gateway($this->settings(SigningKey::generate('EdDSA')));
        $client = new Client(SigningKey::generate('EdDSA'));
        foreach ([['a' => "b\r\nX-Signature: x"], ['a' => "b\n"], ["a\r\nb" => 'c'], ['a b' => 'c'], ['' => 'c'], ['a' => ["b", "\0"]]] as $fields) {
            $this->assertSame(Code::InvalidArgument, Refusal::of(fn () => $gateway->begin('GET', '/', $fields))->code());
            $this->assertSame(Code::InvalidArgument, Refusal::of(fn () => $client->sign('GET', self::URL, $fields))->code());
        }
        $this->assertSame(Step::Reject, $gateway->begin('GET', '/', ['1' => 'x', 'a' => ['b', 'c']])->step());
    }

    public function testExplain(): void
    {
        $key = SigningKey::generate('EdDSA');
        $call = (new Client($key))->sign('POST', self::URL, ['Content-Type' => 'application/json'], '{"a":1}');
        $fields = ['Host' => 'gw.example', 'Content-Type' => 'application/json', $call->name => $call->value];
        $report = Gateway::explain($this->settings($key), 'POST', '/rpc?a=2', $fields, (string) $call->body);
        $this->assertStringContainsString('htu', json_encode($report));
        $this->assertTrue(Gateway::addressIsPublic('9.9.9.9') && !Gateway::addressIsPublic('10.0.0.1'));
    }

    /** The members of the header, when the peer finds the signature right for this body, and wrong for another one. */
    private function verifiedByPeer(string $algorithm, SigningKey $key, string $line, string $body): array
    {
        $public = $algorithm === 'EdDSA' ? hex2bin($key->publicKey()->toHex()) : $key->publicKey()->toPem();
        [$protected, $middle, $signature] = explode('.', $line);
        $this->assertSame('', $middle);
        $signature = base64_decode(strtr($signature, '-_', '+/'), true);
        $this->assertTrue(Peer::verifies($algorithm, $public, "$protected." . self::encode($body), $signature));
        $this->assertTrue(!Peer::verifies($algorithm, $public, "$protected." . self::encode("$body "), $signature));
        return json_decode(base64_decode(strtr($protected, '-_', '+/'), true), true);
    }

    private function request(string $body, string $url = self::URL): Request
    {
        return new Request('POST', $url, ['Content-Type' => 'application/json', 'Content-Length' => (string) strlen($body)], $body);
    }

    /** Sends a request with this nonce. */
    private function signed(Psr $app, SigningKey $key, string $body, string $nonce, string $path = '/rpc?a=1'): ResponseInterface
    {
        $call = (new Client($key))->sign('POST', "https://gw.example$path", ['Content-Type' => 'application/json'], $body, $nonce);
        return $app->sendRequest($this->request($call->body, "https://gw.example$path")->withHeader($call->name, $call->value));
    }

    private function client(Psr $app, SigningKey $key, SigningKey $gateway, mixed ...$options): SigningClient
    {
        return new SigningClient($app, new Client($key, Keyset::of([$gateway->publicKey()]), ...$options), $app->factory);
    }

    /** @return array<string, mixed> */
    private function settings(SigningKey|Samebyte\PublicKey $key, array $more = []): array
    {
        $public = $key instanceof SigningKey ? $key->publicKey() : $key;
        $trust = [['tenant' => 'acme', 'jwks' => json_decode(Keyset::of([$public])->toJwks())]];
        return $more + ['public_origins' => ['https://gw.example'], 'replay' => 'external', 'trust' => $trust];
    }

    private function app(SigningKey $key, array $more = [], ?SigningKey $own = null, ?Closure $answers = null): Psr
    {
        $this->needsPsr();
        return $this->around(new Setup(new Gateway($this->settings($key, $more), $own), $this->store()), $answers);
    }

    private function around(Setup $setup, ?Closure $answers = null): Psr
    {
        $this->needsPsr();
        return new Psr($setup, $answers ?? function (ServerRequestInterface $request): ResponseInterface {
            $kid = $request->getAttribute(Identity::class)?->kid;
            return new Response(200, ['Content-Type' => 'application/json'], json_encode(['sum' => 3, 'kid' => $kid]));
        });
    }

    private function file(string $content): string
    {
        $file = Scratch::folder() . '/file';
        file_put_contents($file, $content);
        return $file;
    }

    /** A store whose state was lost long ago. */
    private function store(): ReplayStore
    {
        $path = Scratch::folder() . '/nonces.db';
        $store = new SqliteStore($path);
        $store->lostAt();
        (new PDO("sqlite:$path"))->exec("UPDATE state SET value = value - 60000 WHERE name = 'lost'");
        return $store;
    }

    private function error(callable $call): ClientError
    {
        try {
            $call();
        } catch (ClientError $error) {
            return $error;
        }
        throw new LogicException('nothing was refused');
    }

    private function needsPsr(): void
    {
        if (!Psr::installed()) {
            $this->markTestSkipped('php-nyholm-psr7 is not installed');
        }
    }

    private static function encode(string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }
}
