// Runs before start and test: the project brings its own Node, unless packages were installed with --ignore-scripts.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 15)) {
  console.error(
    `Steward needs Node 22.15 or newer and found ${process.versions.node}. The package "node" brings one: ` +
      'run "npm ci" without --ignore-scripts, or "npm rebuild node".',
  );
  process.exit(1);
}
