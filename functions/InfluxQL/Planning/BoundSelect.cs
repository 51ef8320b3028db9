using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Planning;

/// <summary>A SELECT whose sources are known; its statement has types on all names and no wildcards.</summary>
internal sealed record BoundSelect(CompiledSelect Compiled, SelectStatement Statement, IReadOnlyList<NameSource> Sources);
