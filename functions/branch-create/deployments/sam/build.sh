sam build --template "$WRASSE_TEMPLATE_FILE"
sam package --s3-bucket "$WRASSE_BUCKET" --s3-prefix "$WRASSE_PACKAGE_PREFIX" --output-template-file packaged.yaml
