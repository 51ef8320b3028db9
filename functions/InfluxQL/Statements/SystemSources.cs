using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Statements;

/// <summary>The names behind SHOW in the real server, which no SELECT may read.</summary>
internal static class SystemSources
{
    /// <exception cref="QueryException">A source of the SELECT itself is one of them.</exception>
    public static void Refuse(SelectStatement select)
    {
        foreach (var measurement in select.Sources.OfType<Measurement>())
        {
            var command = measurement.Name switch
            {
                "_fieldKeys" => "SHOW FIELD KEYS",
                "_measurements" => "SHOW MEASUREMENTS",
                "_series" => "SHOW SERIES",
                "_tagKeys" => "SHOW TAG KEYS",
                "_tags" => "SHOW TAG VALUES",
                _ => null,
            };
            if (command is not null)
            {
                throw new QueryException($"unable to use system source '{measurement.Name}': use {command} instead");
            }
        }
    }
}
