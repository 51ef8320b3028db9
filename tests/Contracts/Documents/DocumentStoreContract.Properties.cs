using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Domain.Documents;

namespace Serverless.Contracts.Documents;

public abstract partial class DocumentStoreContract
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How many random cases the store is held to.</summary>
    protected virtual int Cases => 300;

    [Fact]
    public void A_query_finds_what_the_evaluator_finds_in_its_order_page_by_page()
    {
        var partition = 0;
        // FsCheck takes a returned task for success without awaiting it; on the pool, the wait does not hold the test runner's own threads up.
        var property = Prop.ForAll(
            DocumentGenerators.Cases.ToArbitrary(),
            sample => Task.Run(() => AssertAnswers($"case {partition++}", sample)).GetAwaiter().GetResult()
        );
        property.Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));
    }

    private async Task AssertAnswers(string partition, DocumentCase sample)
    {
        var bodies = sample
            .Documents.Select(
                (document, index) => (Id: $"{index * 7919 % 1000:000}", Json: document.ToJsonString(index % 2 == 0 ? Relaxed : null))
            )
            .ToList();
        if (bodies.Count > 0)
        {
            var writes = bodies.Select(body => new DocumentWrite(WriteMode.Create, Kind, body.Id, Encoding.UTF8.GetBytes(body.Json)));
            await Store.CommitAsync(partition, [.. writes], Cancellation);
        }

        var expected = bodies
            .Select(body => (body.Id, Body: JsonDocument.Parse(body.Json).RootElement))
            .Where(document => FilterEvaluator.Matches(sample.Filter, document.Body))
            .Order(new DocumentOrder(sample.Order))
            .Select(document => document.Id)
            .ToList();

        var query = new DocumentQuery(partition, Kind, sample.Filter, sample.Order, sample.Limit);
        Assert.Equal(expected, await Ids(query));
        Assert.Equal(expected.Count, await Store.CountAsync(query, Cancellation));
    }
}
