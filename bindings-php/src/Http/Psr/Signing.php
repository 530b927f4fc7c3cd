<?php

declare(strict_types=1);

namespace Samebyte\Http\Psr;

use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Samebyte\Exception\SamebyteError;
use Samebyte\Http\Call;
use Samebyte\Http\Client;
use Samebyte\Http\VerifiedResponse;

/**
 * What every client does around the sending.
 *
 * @internal
 */
final class Signing
{
    /** @var \WeakMap<ResponseInterface, VerifiedResponse> what is known of a response, as long as there is one */
    private \WeakMap $known;

    public function __construct(private readonly Client $client, private readonly StreamFactoryInterface $streams)
    {
        $this->known = new \WeakMap();
    }

    /**
     * The request to send, and what verifies its response.
     *
     * @return array{RequestInterface, Call}
     * @throws ClientError
     */
    public function sign(RequestInterface $request): array
    {
        $body = (string) $request->getBody();
        /** @var array<string, list<string>> $fields */
        $fields = $request->getHeaders();
        try {
            $url = (string) $request->getUri()->withFragment('');
            $call = $this->client->sign($request->getMethod(), $url, $fields, $body === '' ? null : $body);
        } catch (SamebyteError $error) {
            throw new ClientError($error);
        }
        $request = $request->withHeader($call->name, $call->value);
        if ($call->body !== null) {
            $request = $request->withBody($this->streams->createStream($call->body));
            if ($request->hasHeader('Content-Length')) {
                $request = $request->withHeader('Content-Length', (string) strlen($call->body));
            }
        }
        return [$request, $call];
    }

    /**
     * The response as it was verified.
     *
     * @throws ClientError
     */
    public function verify(Call $call, ResponseInterface $response): ResponseInterface
    {
        /** @var array<string, list<string>> $fields */
        $fields = $response->getHeaders();
        [$body] = Body::read($response->getBody(), $this->client->maxBody);
        try {
            $verified = $call->verify($response->getStatusCode(), $fields, $body);
        } catch (SamebyteError $error) {
            throw new ClientError($error);
        }
        if ($verified->body !== $body) {
            $response = $response->withHeader('Content-Length', (string) strlen($verified->body));
        }
        $response = $response->withBody($this->streams->createStream($verified->body));
        $this->known[$response] = $verified;
        return $response;
    }

    public function of(ResponseInterface $response): ?VerifiedResponse
    {
        return $this->known[$response] ?? null;
    }
}
