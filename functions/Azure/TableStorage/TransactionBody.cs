using System.Buffers;
using System.Text;

namespace Serverless.Azure.TableStorage;

/// <summary>Writes an entity group transaction: a batch of one change set, each operation a request of its own.</summary>
internal sealed class TransactionBody
{
    private readonly ArrayBufferWriter<byte> body = new(4096);
    private readonly string batch = $"batch_{Guid.NewGuid():D}";
    private readonly string changes = $"changeset_{Guid.NewGuid():D}";

    /// <param name="table">The table's address.</param>
    /// <param name="partitionKey">The partition of all.</param>
    /// <param name="operations">1 to 100 operations, on an entity each.</param>
    public TransactionBody(string table, string partitionKey, IReadOnlyList<TableOperation> operations)
    {
        Write($"--{batch}\r\nContent-Type: multipart/mixed; boundary={changes}\r\n\r\n");
        foreach (var operation in operations)
        {
            Write($"--{changes}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n");
            Write(operation, operation.Method == "POST" ? table : AddressOf(table, partitionKey, operation.RowKey));
        }

        Write($"--{changes}--\r\n--{batch}--\r\n");
    }

    public string ContentType => $"multipart/mixed; boundary={batch}";

    public ReadOnlyMemory<byte> Bytes => body.WrittenMemory;

    /// <summary>An entity's address. Keys have no quotation mark.</summary>
    public static string AddressOf(string table, string partitionKey, string rowKey) =>
        $"{table}(PartitionKey='{Uri.EscapeDataString(partitionKey)}',RowKey='{Uri.EscapeDataString(rowKey)}')";

    private void Write(TableOperation operation, string address)
    {
        Write($"{operation.Method} {address} HTTP/1.1\r\nAccept: application/json;odata=minimalmetadata\r\nDataServiceVersion: 3.0\r\n");
        if (operation.IfMatch is { } etag)
        {
            Write($"If-Match: {etag}\r\n");
        }

        if (operation.Entity.IsEmpty)
        {
            Write("\r\n\r\n");
            return;
        }

        Write($"Prefer: return-no-content\r\nContent-Type: application/json\r\nContent-Length: {operation.Entity.Length}\r\n\r\n");
        body.Write(operation.Entity.Span);
        Write("\r\n");
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, body);
}
