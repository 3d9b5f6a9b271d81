aws cloudformation package --template-file "$WRASSE_TEMPLATE_FILE" --output-template-file packaged.yaml \
  --s3-bucket "$WRASSE_BUCKET" --s3-prefix "$WRASSE_PACKAGE_PREFIX"
