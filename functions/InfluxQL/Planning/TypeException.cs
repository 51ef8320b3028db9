namespace Serverless.InfluxQL.Planning;

/// <summary>The types of an expression do not fit.</summary>
internal sealed class TypeException(string message) : Exception(message);
