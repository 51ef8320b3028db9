namespace Serverless.Azure.TableStorage;

/// <summary>What the service says where it refuses an operation.</summary>
/// <param name="Status">404, 409, 412 and such.</param>
/// <param name="Code">One of the codes of https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes.</param>
internal sealed record TableError(int Status, string Code)
{
    public const string TableNotFound = "TableNotFound";
    public const string TableAlreadyExists = "TableAlreadyExists";

    /// <summary>Whether it depends on what is stored: something is there already, or is not, or has changed.</summary>
    public bool IsConflict => Status is 404 or 409 or 412;
}
