<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\Code;
use Samebyte\Exception\SamebyteError;
use Samebyte\Samebyte;
use Samebyte\Tests\Child;
use Samebyte\Tests\Refusal;

final class ErrorTest extends TestCase
{
    /** Every code of the table is here, with its number, kind and status, and has an exception class. */
    public function testTheTableOfCodes(): void
    {
        $rows = json_decode(file_get_contents(Child::root() . '/conformance-vectors/codes.json'), true);
        $this->assertSame(count($rows), count(Code::cases()));
        foreach ($rows as $row) {
            $code = Code::from($row['name']);
            $this->assertSame([$row['number'], $row['kind'], $row['http_status']], [$code->number(), $code->kind(), $code->httpStatus()]);
            $error = SamebyteError::of($code, 'why', ['index' => 1]);
            $this->assertSame('Samebyte\\Exception\\' . ucfirst($row['kind']) . 'Error', $error::class);
            $this->assertSame($row['number'], $error->getCode());
            $this->assertSame($row['kind'], $error->kind());
            $this->assertSame(['index' => 1], $error->detail());
        }
    }

    public function testAnErrorOfTheLibrary(): void
    {
        $error = Refusal::of(fn () => Samebyte::canonicalize('{"a":{"b":payload}}'));
        $this->assertSame(Code::InvalidJson, $error->code());
        $this->assertSame('/a/b', $error->detail()['pointer']);
        $this->assertNotSame('', $error->getMessage());
        $this->assertStringNotContainsString('payload', $error->getMessage() . json_encode($error->detail()));
    }

    /** A panic inside core is an error like another, and the process lives on. */
    public function testAPanicIsAnInternalError(): void
    {
        $output = Child::code(
            'if (!Samebyte\Tests\TestLibrary::adopt()) { exit("not a test build"); }'
            . 'try { Samebyte\Native::bytes("sb_test_panic"); echo "no error"; }'
            . 'catch (Samebyte\Exception\InternalError $e) { echo $e->code()->value; }'
            . 'echo " ", Samebyte\Samebyte::canonicalize("[ ]");',
        );
        if ($output === 'not a test build') {
            $this->markTestSkipped('the library has no sb_test_panic (feature test-operations)');
        }
        $this->assertSame('internal []', $output);
    }
}
