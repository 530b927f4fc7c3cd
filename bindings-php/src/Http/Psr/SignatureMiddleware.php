<?php

declare(strict_types=1);

namespace Samebyte\Http\Psr;

use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Samebyte\Code;
use Samebyte\Exception\SamebyteError;
use Samebyte\Http\Answer;
use Samebyte\Http\Exchange;
use Samebyte\Http\Gateway;
use Samebyte\Http\Identity;
use Samebyte\Http\Setup;
use Samebyte\Http\Step;
use Samebyte\Http\Verdict;

/**
 * Verifies signed requests and signs the responses to them: PSR-15.
 *
 * It stands before everything that reads a body or answers by itself. The handler gets the body that was verified, and who
 * signed it as the attribute `Identity::class`, which is null where nobody did. A refused request never reaches the handler.
 */
final class SignatureMiddleware implements MiddlewareInterface
{
    /** How often a request begins anew, because keys were fetched for it. */
    private const TRIES = 3;

    /** How large a response may be that is signed, in bytes. */
    private const MAX_RESPONSE = 16 * 1024 * 1024;

    /**
     * @param ?\Closure(array<string, mixed>): void $log takes one {@see Exchange::event()} for each request
     * @param string $jwksPath where the key is published that signs responses
     */
    public function __construct(
        private readonly Setup $setup,
        private readonly ResponseFactoryInterface $responses,
        private readonly StreamFactoryInterface $streams,
        private readonly ?\Closure $log = null,
        private readonly string $jwksPath = '/.well-known/jwks.json',
    ) {
    }

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        if (in_array($request->getMethod(), ['GET', 'HEAD'], true) && $request->getUri()->getPath() === $this->jwksPath) {
            $jwks = $this->setup->gateway->jwks();
            if ($jwks !== '{"keys":[]}') {
                return $this->publish($request, $jwks);
            }
        }
        $exchange = $this->begin($request);
        $step = $exchange->step();
        if ($step === Step::Body) {
            [$body, $complete] = Body::read($request->getBody(), $exchange->limit(), $this->setup->bodyTimeoutMs);
            $step = $complete ? $this->verify($exchange, $body) : $exchange->refuse(Code::BodyTimeout);
            if ($step === Step::Pass) {
                // It is only observed: the handler reads it as it came.
                $request = $this->rewound($request, $body);
            }
        }
        if ($step === Step::Reject) {
            $this->note($exchange);
            return $this->send($exchange->answer());
        }
        $request = $request->withAttribute(Identity::class, $exchange->identity());
        if ($step === Step::Accept) {
            $request = $this->accepted($request, $exchange->verifiedBody());
        }
        $response = $handler->handle($request);
        if ($exchange->signsResponse()) {
            $response = $this->sign($exchange, $request, $response);
        }
        $this->note($exchange);
        return $response;
    }

    /** Begins, with the keys that the request asks for. */
    private function begin(ServerRequestInterface $request): Exchange
    {
        $gateway = $this->setup->gateway;
        $target = $request->getRequestTarget();
        $server = $request->getServerParams();
        // A URI object drops the `?` of an empty query, which the signer may have signed.
        if (($server['REQUEST_URI'] ?? null) === "$target?") {
            $target .= '?';
        }
        for ($try = 1;; $try++) {
            /** @var array<string, list<string>> $fields */
            $fields = $request->getHeaders();
            $exchange = $gateway->begin($request->getMethod(), $target, $fields, $server['REMOTE_ADDR'] ?? null);
            if ($exchange->step() !== Step::Keys) {
                return $exchange;
            }
            $source = $exchange->source();
            $url = $gateway->keysDue($source);
            $keys = $this->setup->keys;
            if ($url === null || $keys === null || $try === self::TRIES) {
                $gateway->keysPut($source, null);
                continue;
            }
            // What another request has fetched comes first, with the time of then; a key that is not in it may be a new one.
            if ($try > 1 && !$keys->refresh($url)) {
                $gateway->keysPut($source, null);
                continue;
            }
            $kept = $keys->kept($url) ?? ($keys->refresh($url) ? $keys->kept($url) : null);
            $gateway->keysPut($source, $kept[0] ?? null, $kept[1] ?? null);
        }
    }

    /** Verifies the body, and reserves the nonce. */
    private function verify(Exchange $exchange, string $body): Step
    {
        if (strlen($body) > $exchange->limit()) {
            return $exchange->refuse(Code::BodyTooLarge);
        }
        $step = $exchange->body($body);
        if ($step !== Step::Reserve) {
            return $step;
        }
        $store = $this->setup->store;
        $verdict = $store === null ? Verdict::Unavailable : $store->reserve(...$exchange->reservation());
        if ($store !== null && $verdict === Verdict::New) {
            // Asked after the reservation: what was lost before it is known now, whoever noticed.
            $lost = $store->lostAt();
            if ($lost === null) {
                $verdict = Verdict::Unavailable;
            } else {
                $this->setup->gateway->stateLost($lost);
            }
        }
        return $exchange->reserved($verdict);
    }

    /** The request with its whole body, of which this much was read. */
    private function rewound(ServerRequestInterface $request, string $read): ServerRequestInterface
    {
        $stream = $request->getBody();
        if ($stream->isSeekable()) {
            $stream->rewind();
            return $request;
        }
        return $request->withBody($this->streams->createStream($read . $stream->getContents()));
    }

    /** The request as it was verified, for the handler. */
    private function accepted(ServerRequestInterface $request, string $body): ServerRequestInterface
    {
        $parsed = $request->getParsedBody();
        if ($parsed !== null && preg_match('~[/+]json\s*(;|\z)~i', $request->getHeaderLine('Content-Type'))) {
            // Somebody has parsed what came; what was verified is parsed in its place.
            $again = json_decode($body, !is_object($parsed));
            $request = $request->withParsedBody(is_scalar($again) ? null : $again);
        }
        if ($request->hasHeader('Content-Length') || $body !== '') {
            $request = $request->withHeader('Content-Length', (string) strlen($body));
        }
        return $request->withoutHeader('Transfer-Encoding')->withBody($this->streams->createStream($body));
    }

    private function sign(Exchange $exchange, ServerRequestInterface $request, ResponseInterface $response): ResponseInterface
    {
        $size = $response->getBody()->getSize();
        $type = $response->getHeaderLine('Content-Type');
        $held = $size !== null && $size <= self::MAX_RESPONSE
            && !Gateway::responseIsStreamed($type, $response->getHeaderLine('Content-Encoding'));
        $body = $held ? (string) $response->getBody() : null;
        try {
            $answer = $exchange->respond($response->getStatusCode(), $type === '' ? null : $type, $body);
        } catch (SamebyteError $error) {
            if (in_array($error->code(), [Code::ResponseNotSignable, Code::ResponseSignerUnavailable], true)) {
                return $response;
            }
            throw $error;
        }
        if ($answer->status !== $response->getStatusCode()) {
            return $this->send($answer);
        }
        foreach ($answer->fields as $name => $value) {
            $response = $response->withHeader($name, $value);
        }
        if ($body === $answer->body || $request->getMethod() === 'HEAD') {
            return $response;
        }
        if ($response->hasHeader('Content-Length')) {
            $response = $response->withHeader('Content-Length', (string) strlen($answer->body));
        }
        return $response->withBody($this->streams->createStream($answer->body));
    }

    /** The public key that verifies responses. */
    private function publish(ServerRequestInterface $request, string $jwks): ResponseInterface
    {
        $tag = '"' . substr(hash('sha256', $jwks), 0, 32) . '"';
        $known = $request->getHeaderLine('If-None-Match') === $tag;
        return $this->responses->createResponse($known ? 304 : 200)
            ->withHeader('Content-Type', 'application/jwk-set+json')
            ->withHeader('Cache-Control', 'max-age=300')
            ->withHeader('ETag', $tag)
            ->withBody($this->streams->createStream($known || $request->getMethod() === 'HEAD' ? '' : $jwks));
    }

    private function send(Answer $answer): ResponseInterface
    {
        $response = $this->responses->createResponse($answer->status);
        foreach ($answer->fields as $name => $value) {
            $response = $response->withHeader($name, $value);
        }
        return $response->withBody($this->streams->createStream($answer->body));
    }

    private function note(Exchange $exchange): void
    {
        if ($this->log !== null) {
            ($this->log)($exchange->event());
        }
    }
}
