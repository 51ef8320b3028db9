using System.Diagnostics;
using Serverless.InfluxQL.Tests.Printing;

namespace Serverless.InfluxQL.Tests.Parsing;

public sealed class FuzzTests
{
    private const string Pieces = "'\"`\\/$.,;:()*+-=<>!~%&|^ \n\r\t\0µé🙂0123456789";

    private static readonly string[] Corpus =
    [
        .. WrongQueries.All.Select(row => row.Data.Item1),
        .. PrintedQueries.All.Select(row => row.Data.Item1),
    ];

    [Fact]
    public void Mutated_queries_parse_or_are_refused_and_what_parses_prints_and_parses_again()
    {
        var random = new Random(7);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 60_000 && clock.Elapsed < TimeSpan.FromSeconds(6); i++)
        {
            var query = Mutate(random);
            try
            {
                var parsed = InfluxQuery.Parse(query);
                var printed = InfluxQL.Printing.Printer.Print(parsed);
                if (!printed.Contains("[REDACTED]", StringComparison.Ordinal))
                {
                    Assert.Equal(parsed, InfluxQuery.Parse(printed));
                }
            }
            catch (InfluxSyntaxException error)
            {
                Assert.NotEmpty(error.Message);
            }
        }
    }

    private static string Mutate(Random random)
    {
        var text = Corpus[random.Next(Corpus.Length)];
        for (var i = random.Next(4); i >= 0; i--)
        {
            var at = random.Next(text.Length + 1);
            var other = Corpus[random.Next(Corpus.Length)];
            text = random.Next(5) switch
            {
                0 => text.Insert(at, Pieces[random.Next(Pieces.Length)].ToString()),
                1 => text[..at] + text[Math.Min(text.Length, at + random.Next(5))..],
                2 => text[..at] + other[random.Next(other.Length + 1)..],
                3 => text.Insert(at, other),
                _ => text.Insert(at, text[..at]),
            };
        }

        return text;
    }
}
