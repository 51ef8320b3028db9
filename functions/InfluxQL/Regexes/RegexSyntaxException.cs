using System.Diagnostics.CodeAnalysis;

namespace Serverless.InfluxQL.Regexes;

/// <summary>A pattern that is not valid, said as Go says it.</summary>
[SuppressMessage("Design", "CA1032", Justification = "It is thrown and caught in this folder only.")]
internal sealed class RegexSyntaxException(string problem, string part) : Exception($"error parsing regexp: {problem}: `{part}`");
