<?php

// Runs the tests where PHPUnit is not installed: php tests/plain.php
//
// The tests use no more of PHPUnit than the class below offers.

declare(strict_types=1);

namespace PHPUnit\Framework {
    final class Skipped extends \Exception
    {
    }

    abstract class TestCase
    {
        public static int $assertions = 0;

        public function assertTrue(mixed $value, string $message = ''): void
        {
            $this->assertSame(true, $value, $message);
        }

        public function assertSame(mixed $expected, mixed $actual, string $message = ''): void
        {
            $this->hold($expected === $actual, "expected\n" . var_export($expected, true) . "\ngot\n" . var_export($actual, true), $message);
        }

        public function assertNotSame(mixed $unexpected, mixed $actual, string $message = ''): void
        {
            $this->hold($unexpected !== $actual, 'did not expect ' . var_export($actual, true), $message);
        }

        public function assertNotNull(mixed $value, string $message = ''): void
        {
            $this->hold($value !== null, 'did not expect null', $message);
        }

        /** @param class-string $class */
        public function assertInstanceOf(string $class, object $value, string $message = ''): void
        {
            $this->hold($value instanceof $class, "expected $class, got " . $value::class, $message);
        }

        public function assertStringContainsString(string $part, string $text, string $message = ''): void
        {
            $this->hold(str_contains($text, $part), "expected '$part' in '$text'", $message);
        }

        public function assertStringNotContainsString(string $part, string $text, string $message = ''): void
        {
            $this->hold(!str_contains($text, $part), "did not expect '$part' in '$text'", $message);
        }

        public function assertStringStartsWith(string $start, string $text, string $message = ''): void
        {
            $this->hold(str_starts_with($text, $start), "expected '$start' at the start of '$text'", $message);
        }

        public function assertGreaterThan(int $least, int $value, string $message = ''): void
        {
            $this->hold($value > $least, "$value is not greater than $least", $message);
        }

        public function assertLessThan(int $limit, int $value, string $message = ''): void
        {
            $this->hold($value < $limit, "$value is not less than $limit", $message);
        }

        public function markTestSkipped(string $reason): never
        {
            throw new Skipped($reason);
        }

        private function hold(bool $holds, string $problem, string $message): void
        {
            self::$assertions++;
            if (!$holds) {
                throw new \Exception(trim("$message\n$problem"));
            }
        }
    }
}

namespace {
    require __DIR__ . '/autoload.php';

    $counts = ['passed' => 0, 'failed' => 0, 'skipped' => 0];
    foreach (glob(__DIR__ . '/unit/*Test.php') as $file) {
        require $file;
        $class = basename($file, '.php');
        foreach (preg_grep('/^test/', get_class_methods($class)) as $method) {
            $before = PHPUnit\Framework\TestCase::$assertions;
            try {
                (new $class())->$method();
                if (PHPUnit\Framework\TestCase::$assertions === $before) {
                    throw new Exception('nothing was asserted');
                }
                $counts['passed']++;
            } catch (PHPUnit\Framework\Skipped $skipped) {
                echo "skipped - $class::$method: {$skipped->getMessage()}\n";
                $counts['skipped']++;
            } catch (Throwable $problem) {
                echo "not ok - $class::$method: {$problem->getMessage()}\n{$problem->getTraceAsString()}\n";
                $counts['failed']++;
            }
        }
    }
    echo "{$counts['passed']} passed, {$counts['failed']} failed, {$counts['skipped']} skipped\n";
    exit($counts['failed'] === 0 ? 0 : 1);
}
