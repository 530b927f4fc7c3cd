<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\Tests\Child;

final class ReadmeTest extends TestCase
{
    /** Every PHP example of the README runs, and prints what its comments say. */
    public function testTheExamples(): void
    {
        $readme = file_get_contents(dirname(__DIR__, 2) . '/README.md');
        $this->assertGreaterThan(0, preg_match_all('/^```php\n(.*?)^```$/ms', $readme, $blocks));
        foreach ($blocks[1] as $block) {
            preg_match_all('~echo .*// (.*)$~m', $block, $expected);
            $code = str_replace("require 'vendor/autoload.php';", '', $block);
            $file = tempnam(sys_get_temp_dir(), 'readme');
            file_put_contents($file, "<?php\n$code");
            [$status, $output, $errors] = Child::run(['-d', 'auto_prepend_file=' . dirname(__DIR__) . '/autoload.php', $file]);
            unlink($file);
            $this->assertSame(0, $status, $output . $errors);
            $this->assertSame(implode('', $expected[1]), str_replace("\n", '', $output));
        }
    }
}
