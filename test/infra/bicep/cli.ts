import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The version that is restored where the machine brings none. */
export const bicepVersion = '0.49.2';

export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Bicep {
  readonly path: string;
  readonly version: string;
  run(...args: readonly string[]): Run;
}

/** `bicep` of the PATH, that of `az bicep`, or the NuGet package; undefined where none of them can be had. */
export function findBicep(): Bicep | undefined {
  for (const path of ['bicep', join(homedir(), '.azure/bin/bicep')]) {
    const found = bicepAt(path);
    if (found !== undefined) return found;
  }
  return bicepAt(restored());
}

/** Undefined when nothing is there, or something that cannot make snapshots yet. */
function bicepAt(path: string | undefined): Bicep | undefined {
  if (path === undefined) return undefined;
  const run = (...args: readonly string[]): Run => {
    const { status, stdout = '', stderr = '' } = spawnSync(path, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
    return { status: status ?? 1, stdout, stderr };
  };
  const version = /(\d+)\.(\d+)\.\d+/.exec(run('--version').stdout);
  if (version === null || (version[1] === '0' && Number(version[2]) < 41)) return undefined;
  return { path, version: version[0], run };
}

const project = `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageReference Include="Azure.Bicep.CommandLine.linux-x64" Version="${bicepVersion}" /></ItemGroup>
</Project>
`;

/** Restores the package once into `.tools`; whoever does so at the same time gets the same file. */
function restored(): string | undefined {
  const tools = resolve(
    __dirname.endsWith('dist/sandbox') ? join(__dirname, '../..') : join(__dirname, '../../..'),
    '.tools',
  );
  const path = join(tools, `bicep-${bicepVersion}`);
  if (existsSync(path)) return path;
  if (process.platform !== 'linux' || process.arch !== 'x64' || spawnSync('dotnet', ['--version']).status !== 0) {
    return undefined;
  }
  mkdirSync(tools, { recursive: true });
  const folder = mkdtempSync(join(tools, 'restore-'));
  try {
    writeFileSync(join(folder, 'bicep.csproj'), project);
    execFileSync('dotnet', ['restore', '--packages', join(folder, 'packages')], { cwd: folder, stdio: 'pipe' });
    const tool = join(folder, `packages/azure.bicep.commandline.linux-x64/${bicepVersion}/tools/bicep`);
    chmodSync(tool, 0o755);
    renameSync(tool, path);
    return path;
  } catch (error) {
    console.error(
      `Bicep ${bicepVersion} could not be restored: ${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
