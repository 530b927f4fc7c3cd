<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\Native;
use Samebyte\Samebyte;
use Samebyte\Tests\Child;
use Samebyte\Tests\Refusal;

final class LibraryTest extends TestCase
{
    private const VERSION = 'echo Samebyte\Samebyte::version();';

    public function testTheVersionIsThatOfTheWorkspace(): void
    {
        preg_match('/\[workspace\.package]\nversion = "(.*)"/', file_get_contents(Child::root() . '/Cargo.toml'), $match);
        $this->assertSame($match[1], Samebyte::version());
        $this->assertSame($match[1], Child::code(self::VERSION));
    }

    public function testTheInterfaceIsThatOfTheHeader(): void
    {
        preg_match('/#define SB_ABI_VERSION (\d+)/', file_get_contents(dirname(__DIR__, 2) . '/src/samebyte_abi.h'), $match);
        $constant = new ReflectionClassConstant(Native::class, 'ABI_VERSION');
        $this->assertSame((int) $match[1], $constant->getValue());
    }

    public function testAPathThatIsNamed(): void
    {
        $library = (string) getenv('SAMEBYTE_LIBRARY');
        $path = var_export($library, true);
        $code = "Samebyte\\Samebyte::useLibrary($path);" . self::VERSION;
        $this->assertSame(Samebyte::version(), Child::code($code, [], ['SAMEBYTE_LIBRARY' => '/does/not/exist']));
        $this->assertSame('invalid_argument', Refusal::of(fn () => Samebyte::useLibrary($library))->code()->value);
    }

    public function testTheLoaderOfTheSystem(): void
    {
        $folder = sys_get_temp_dir() . '/samebyte-' . getmypid();
        mkdir($folder);
        symlink((string) getenv('SAMEBYTE_LIBRARY'), "$folder/libsamebyte.so.0");
        try {
            $environment = ['SAMEBYTE_LIBRARY' => null, 'LD_LIBRARY_PATH' => $folder];
            $this->assertSame(Samebyte::version(), Child::code(self::VERSION, [], $environment));
        } finally {
            unlink("$folder/libsamebyte.so.0");
            rmdir($folder);
        }
    }

    public function testALibraryThatIsMissing(): void
    {
        $output = Child::code(self::VERSION, [], ['SAMEBYTE_LIBRARY' => '/does/not/exist.so']);
        $this->assertStringStartsWith('Samebyte\Exception\UsageError library_unavailable: ', $output);
        foreach (['/does/not/exist.so', 'lib/libsamebyte.so', 'libsamebyte.so.0', 'useLibrary()', 'SAMEBYTE_LIBRARY'] as $place) {
            $this->assertStringContainsString($place, $output);
        }
        $output = Child::code(self::VERSION, [], ['SAMEBYTE_LIBRARY' => null]);
        $this->assertStringStartsWith('Samebyte\Exception\UsageError library_unavailable: ', $output);
    }

    public function testFfiThatIsSwitchedOff(): void
    {
        $output = Child::code(self::VERSION, ['-d', 'ffi.enable=false']);
        $this->assertStringStartsWith('Samebyte\Exception\UsageError library_unavailable: ', $output);
        $this->assertStringContainsString('ffi.enable=true', $output);
        $this->assertSame(Samebyte::version(), Child::code(self::VERSION, ['-d', 'ffi.enable=preload']));
    }

    public function testFfiThatIsMissing(): void
    {
        if (Child::run(['-n', '-r', 'exit(extension_loaded("ffi") ? 1 : 0);'])[0] !== 0) {
            $this->markTestSkipped('ffi is built into this PHP');
        }
        $output = Child::code(self::VERSION, ['-n']);
        $this->assertStringStartsWith('Samebyte\Exception\UsageError library_unavailable: ', $output);
        $this->assertStringContainsString('extension=ffi', $output);
    }

    public function testALibraryOfAnotherInterface(): void
    {
        $compiler = trim((string) shell_exec('command -v cc'));
        if ($compiler === '') {
            $this->markTestSkipped('there is no C compiler (cc) to build a library of another interface with');
        }
        $base = sys_get_temp_dir() . '/samebyte-abi-' . getmypid();
        file_put_contents("$base.c", "unsigned sb_abi_version(void) { return 999; }\n");
        exec("$compiler -shared -fPIC " . escapeshellarg("$base.c") . ' -o ' . escapeshellarg("$base.so"), $output, $status);
        $this->assertSame(0, $status);
        try {
            $output = Child::code(self::VERSION, [], ['SAMEBYTE_LIBRARY' => "$base.so"]);
            $this->assertStringStartsWith('Samebyte\Exception\UsageError abi_mismatch: ', $output);
            $this->assertStringContainsString('999', $output);
        } finally {
            unlink("$base.c");
            unlink("$base.so");
        }
    }

    /** The set-up of the README for a web server, where `ffi.enable=preload` refuses everything that is not preloaded. */
    public function testPreloading(): void
    {
        if (!extension_loaded('Zend OPcache')) {
            $this->markTestSkipped('the extension opcache is missing');
        }
        $base = sys_get_temp_dir() . '/samebyte-preload-' . getmypid();
        $package = dirname(__DIR__, 2);
        file_put_contents(
            "$base.h",
            "#define FFI_SCOPE \"SAMEBYTE\"\n#define FFI_LIB \"" . getenv('SAMEBYTE_LIBRARY') . "\"\n"
            . file_get_contents("$package/src/samebyte_abi.h"),
        );
        file_put_contents(
            "$base.php",
            '<?php require_once ' . var_export("$package/tests/autoload.php", true) . '; echo Samebyte\Samebyte::canonicalize("[ 1e2 ]");',
        );
        $settings = [
            '-d', 'opcache.enable_cli=1', '-d', 'ffi.enable=preload', '-d', "ffi.preload=$base.h",
            '-d', "opcache.preload=$package/preload.php", '-d', 'opcache.preload_user=' . posix_getpwuid(posix_geteuid())['name'],
        ];
        try {
            $this->assertSame('[100]', $this->served("$base.php", $settings));
            $shown = ['-d', 'display_errors=1', '-d', 'log_errors=0'];
            $refused = $this->served("$base.php", [...$shown, '-d', 'ffi.enable=preload']);
            $this->assertStringContainsString('set `ffi.enable=true` in php.ini, or preload this package', $refused);
        } finally {
            unlink("$base.h");
            unlink("$base.php");
        }
    }

    /**
     * What PHP's own web server answers for this script: there, as under FPM, FFI is not as free as on the command line.
     *
     * @param list<string> $settings
     */
    private function served(string $script, array $settings): string
    {
        $probe = stream_socket_server('tcp://127.0.0.1:0');
        $address = stream_socket_get_name($probe, false);
        fclose($probe);
        $environment = array_diff_key(getenv(), ['SAMEBYTE_LIBRARY' => 0]);
        $process = proc_open([PHP_BINARY, ...$settings, '-S', $address, $script], [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes, null, $environment);
        try {
            for ($i = 0; $i < 100; $i++) {
                $connection = @stream_socket_client("tcp://$address", $code, $message, 10);
                if ($connection !== false) {
                    fwrite($connection, "GET / HTTP/1.0\r\n\r\n");
                    return explode("\r\n\r\n", stream_get_contents($connection), 2)[1];
                }
                usleep(50_000);
            }
            return 'the server does not listen';
        } finally {
            proc_terminate($process);
            proc_close($process);
        }
    }
}
